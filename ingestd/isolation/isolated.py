"""Work that is done in isolation, whatever it is done on: by one child after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ingestd.isolation.process import Child, Lost, command_for, nonsense
from ingestd.isolation.starts import Starts

_START = 60.0  # seconds for an interpreter to load what it needs, from a NAS's disks
_Answer = TypeVar("_Answer")


class Unanswered(Exception):
    """A document cost its process; the message says how, as a sentence."""


class NotStarted(Unanswered):
    """There is no process now, whatever the document; an empty message: that was said before."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take."""

    memory: int
    """Bytes of its address space."""
    grown: int
    """Bytes of its address space after a document, from where on another takes its place."""
    longest: int
    """Bytes of an answer."""
    processor: int
    """Seconds of processor time for a document, of all threads together."""


class Isolated(Generic[_Answer]):
    """Has documents worked on by a child process that is started when it is first needed.

    Threads take turns: more children would take more memory. A child that dies, hangs or talks
    nonsense costs its document the answer; the next document gets a new child.
    """

    def __init__(
        self,
        work: str,
        command: Sequence[str],
        *,
        understand: Callable[[bytes], _Answer],
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`command` starts a child; see `doing`.

        :param work: what a child does, for messages: `reads e-invoices`.
        :param understand: what an answer means; raises ValueError for what is none.
        """
        self._work = work
        self._command = command
        self._understand = understand
        self._limits = limits
        self._clock = clock
        self._turn = threading.Lock()
        self._starts = Starts(clock)
        self._child: Child | None = None
        self._used = 0.0
        self._closed = False

    @classmethod
    def doing(
        cls,
        work: str,
        module: str,
        *arguments: str,
        understand: Callable[[bytes], _Answer],
        limits: Limits,
    ) -> Isolated[_Answer]:
        """Make one whose child does a module's task, see `task.Module`; only the child imports it.

        :param arguments: what the task is made with.
        """
        command = command_for(module, *arguments, memory=limits.memory, processor=limits.processor)
        return cls(work, command, understand=understand, limits=limits)

    def ask(self, document: bytes, *, wanted: str = "", timeout: float) -> _Answer:
        """Have the child work on a document.

        :param wanted: what it is told beside it.
        :param timeout: seconds for this document, without those it waits for its turn.
        :raises Unanswered: the child did not survive it, took too long, or answered nonsense.
        :raises NotStarted: there is no child, and it is not the document's fault.
        """
        with self._turn:
            child = self._ready_child()
            try:
                said = child.ask(document, wanted, longest=self._limits.longest, timeout=timeout)
                answer = self._understood(said)
            except Lost as lost:
                self._drop()
                if self._closed:
                    raise self._was_closed from lost
                raise Unanswered(f"The process that {self._work} was lost: {lost}.") from lost
            if child.size >= self._limits.grown:
                self._drop()
            self._used = self._clock()
            return answer

    def rest(self, after: float) -> None:
        """End a child that had nothing to do for so many seconds; never waits for one that works.

        The next document has another, which takes it as long as the first one's.
        """
        if not self._turn.acquire(blocking=False):
            return
        try:
            if self._child and self._clock() - self._used >= after:
                self._drop()
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the child, also while it works: that document gets no answer."""
        self._closed = True
        if child := self._child:
            child.kill()
        with self._turn:
            self._drop()

    def _understood(self, said: bytes) -> _Answer:
        try:
            return self._understand(said)
        except ValueError as error:
            raise Lost(nonsense(error)) from error

    def _ready_child(self) -> Child:
        if self._closed:
            raise self._was_closed
        if self._child and self._child.alive:
            return self._child
        self._drop()
        if not self._starts.due:
            raise NotStarted
        try:
            child = self._child = Child(self._command, clock=self._clock)
            if self._closed:  # meanwhile, by a thread that did not see the child
                child.kill()
            child.greet(timeout=_START)
        except (OSError, Lost) as error:
            self._drop()
            if self._closed:
                raise self._was_closed from error
            said = self._starts.failed(str(error))
            why = f"No process that {self._work} can be started: {said}." if said else ""
            raise NotStarted(why) from error
        self._starts.succeeded()
        return child

    @property
    def _was_closed(self) -> NotStarted:
        return NotStarted(f"What {self._work} was closed.")

    def _drop(self) -> None:
        if self._child:
            self._child.end()
        self._child = None
