"""Hears the log, and posts what people are to be told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from ingestd.observe.notify.courier import Courier, close
from ingestd.observe.notify.heard import Event, understood
from ingestd.observe.notify.memory import Memory, Told
from ingestd.observe.notify.message import Message
from ingestd.observe.notify.notices import Notices
from ingestd.observe.notify.troubles import Lasts

LONGEST_REST = 3600.0
"""Seconds; whatever is heard ends it."""


class Notifier:
    """Used by every thread that logs, and by the main thread."""

    def __init__(
        self,
        notices: Notices,
        couriers: Sequence[Courier[Message]],
        memory: Memory,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        """Make one that listens; nothing is posted before it is started.

        :param clock: monotonic seconds.
        :param now: the time of day, which is what the next process can compare with.
        """
        self._notices = notices
        self._couriers = couriers
        self._memory = memory
        self._clock = clock
        self._now = now
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def hear(self, event: Event) -> None:
        """Take in an event of the log; returns at once."""
        heard = understood(event)
        if heard is not None:
            with self._changed:
                self._notices.hear(heard, self._clock())
                self._changed.notify()

    def start(self) -> None:
        """Post from now on what the time has come for; not twice."""
        if self._thread is None:
            told, now, day = self._memory.read(), self._clock(), self._now().timestamp()
            # a clock that was set back in between makes nobody wait longer
            sent = {kind: now - max(day - at, 0.0) for kind, at in told.sent.items()}
            with self._changed:
                self._notices.recall(told.troubles, sent, now)
            self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
            self._thread.start()

    def compare(self, lasts: Lasts) -> str:
        """Go by how things stand; what is wrong and does not pass by itself, on a line."""
        with self._changed:
            now, due = self._clock(), self._notices.next_due()
            self._notices.compare(lasts, now)
            if self._notices.next_due() != due:
                self._changed.notify()
            return self._notices.trouble(now)

    def tell(self, message: Message) -> None:
        """Post a message on every channel; returns at once."""
        for courier in self._couriers:
            courier.post(message)

    def close(self, seconds: float) -> None:
        """Post what is left to tell, and wait so long at most until it is sent."""
        until = self._clock() + seconds
        with self._changed:
            self._closed = True
            self._changed.notify()
        # what was never started had another in its place, which tells the same
        if self._thread is not None:
            self._thread.join(seconds)  # what it took to post is to be posted
            with self._changed:
                left, told = self._notices.rest(self._clock()), self._told()
            self._post(left, told)
        close(self._couriers, max(until - self._clock(), 0.0), self._clock)

    def _run(self) -> None:
        while not self._closed:
            with self._changed:
                when = self._notices.next_due()
                left = LONGEST_REST if when is None else when - self._clock()
                if left > 0:
                    self._changed.wait(min(left, LONGEST_REST))
                    continue
                messages, told = self._notices.due(self._clock()), self._told()
            self._post(messages, told)

    def _told(self) -> Told:
        """As it is to be remembered; one that is not posted yet counts."""
        since_epoch = self._now().timestamp() - self._clock()
        sent = {kind: at + since_epoch for kind, at in self._notices.sent.items()}
        return Told(tuple(self._notices.told), sent)

    def _post(self, messages: Sequence[Message], told: Told) -> None:
        """Outside of the lock: whoever logs must not wait for a disk."""
        for message in messages:
            self.tell(message)
        if messages:
            self._memory.write(told)
