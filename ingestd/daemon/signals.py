"""Signals as flags that one loop looks at.

A Python signal handler runs between any two instructions of the main thread, so it may do no more
than set a flag: a handler that took a lock could wait for the very code that it interrupted.
"""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""SIGHUP, which says that the terminal was closed, only where it does not mean a reload."""
AT_ONCE = 1.0
"""Seconds: what comes sooner after the first signal is still that one. timeout(1), say, sends its
signal to the command and then to the whole group, the command once more."""


class Signals:
    """Listens for what asks a process to end, or to reload, while it is open; main thread only."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, reloads: bool = False
    ) -> None:
        """Listen to nothing yet.

        :param reloads: SIGHUP asks to read the settings again, and not to end; one that came
            while it was blocked is heard of as soon as this is open.
        """
        self._clock = clock
        self._reloads = reloads
        self.hangups = 0
        """How often SIGHUP came, where it asks for a reload. A flag that is taken down again
        could miss one that comes meanwhile."""
        self._first: float | None = None
        self.asked_again = False
        """Whether a second signal came: nothing is to be waited for any more."""
        self._reader, self._writer = socket.socketpair()
        self._word, self._words = socket.socketpair()
        for end in (self._reader, self._writer, self._word, self._words):
            end.setblocking(False)
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in STOPPING:
            self._before[number] = signal.signal(number, self._stop)
        if self._reloads:
            signal.signal(signal.SIGHUP, self._hang_up)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]  # what signal() returned
        signal.set_wakeup_fd(-1)
        for end in (self._reader, self._writer, self._word, self._words):
            end.close()

    @property
    def asked_to_stop(self) -> bool:
        """Whether a signal came."""
        return self._first is not None

    def wake(self) -> None:
        """End the current `wait`, or the next; from any thread."""
        # full of reasons to wake up; or closed, and nobody waits any more
        with contextlib.suppress(OSError):
            self._writer.send(b"\0")

    def wait(self, seconds: float) -> bool:
        """Wait for a signal or for `wake`; whether one came."""
        return _heard(self._reader, seconds)

    def pass_word(self) -> None:
        """End the current `wait_for_word`, or the next; from any thread, or a signal handler."""
        with contextlib.suppress(OSError):  # as above
            self._words.send(b"\0")

    def wait_for_word(self, seconds: float | None) -> None:
        """Wait until a signal asks to stop, or for `pass_word`; for one other thread.

        It hears of the signal though the main thread hangs, unless that is in the kernel for good.

        :param seconds: at most; None: however long it takes.
        """
        _heard(self._word, seconds)

    def _hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self.hangups += 1

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        now = self._clock()
        if self._first is None:
            self._first = now
        elif now - self._first >= AT_ONCE:
            self.asked_again = True
        self.pass_word()


def _heard(reader: socket.socket, seconds: float | None) -> bool:
    ready, _, _ = select.select([reader], [], [], seconds)
    if ready:
        reader.recv(4096)
    return bool(ready)
