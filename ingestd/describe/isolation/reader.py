"""Reads what is inside documents, whatever is inside: one child after the other does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from ingestd.describe.attachments import may_have_attachments
from ingestd.describe.isolation.process import Child, Lost, command_for
from ingestd.describe.isolation.reading import Reading, unread
from ingestd.describe.isolation.starts import Starts

MEMORY = 512 * 1024 * 1024
"""Bytes of address space for a child."""

GROWN = 128 * 1024 * 1024
"""Bytes of address space that a child is replaced at.

It has 53 MB when it is ready, and no more after 10,000 invoices. But libxml2 never forgets an
element's name: ten documents made for it, each with 400,000 new ones, left 200 MB behind.
"""

_START = 60.0  # seconds for an interpreter to load pypdf and lxml, from a NAS's disks


class Reader:
    """Has documents read by a child process that is started when it is first needed.

    Threads take turns: a document takes a child some ms, and more children would take more memory.
    A child that dies, hangs or talks nonsense costs its document the fields; the next document
    gets a new child.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`command` starts a child; see `reading_with`."""
        self._command = command
        self._clock = clock
        self._turn = threading.Lock()
        self._starts = Starts(clock)
        self._child: Child | None = None
        self._closed = False

    @classmethod
    def reading_with(cls, module: str, *, memory: int = MEMORY) -> Reader:
        """Make one that reads with a module's `read_xml`, which raises the module's `NoEInvoice`.

        :param module: its dotted name; only the child imports it.
        """
        return cls(command_for(module, memory=memory))

    def read(self, pdf: bytes, *, timeout: float) -> Reading:
        """Read what is inside a document; it never raises, but says why it could not.

        :param timeout: seconds for this document, without those it waits for its turn.
        """
        if not may_have_attachments(pdf):
            return Reading()
        with self._turn:
            try:
                child = self._ready_child()
                reading = child.read(pdf, timeout=timeout)
            except _NoChild as none:
                return unread(str(none))
            except Lost as lost:
                self._drop()
                why = "the reader was closed" if self._closed else lost
                return unread(f"The process that was to read it was lost: {why}.")
            if child.size > GROWN:
                self._drop()
            return reading

    def close(self) -> None:
        """End the child, also while it reads: that document gets no fields."""
        self._closed = True
        if child := self._child:
            child.kill()
        with self._turn:
            self._drop()

    def _ready_child(self) -> Child:
        if self._closed:
            raise _NoChild("The reader was closed.")
        if self._child and self._child.alive:
            return self._child
        self._drop()
        if not self._starts.due:
            raise _NoChild
        try:
            child = self._child = Child(self._command, clock=self._clock)
            if self._closed:  # meanwhile, by a thread that did not see the child
                child.kill()
            child.greet(timeout=_START)
        except (OSError, Lost) as error:
            self._drop()
            said = self._starts.failed(str(error))
            why = said and f"No process that reads e-invoices can be started: {said}."
            raise _NoChild(why) from error
        self._starts.succeeded()
        return child

    def _drop(self) -> None:
        if self._child:
            self._child.end()
        self._child = None


class _NoChild(Exception):
    """No child can be had now; the message is what is to be said of it, if anything."""
