"""What is to be told, and when: bundled, and of each kind at most one message in so much time.

Pure: what was heard goes in with the time, messages come out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ingestd.observe.notify.heard import Heard, Over, Remark, Settled, Trouble
from ingestd.observe.notify.message import Message
from ingestd.observe.notify.pace import Pace
from ingestd.observe.notify.remarks import Remarks
from ingestd.observe.notify.troubles import Lasts, Troubles


class Notices:
    """Decides what people are told; times are monotonic seconds."""

    def __init__(self, pace: Pace, at_the_end: Pace | None = None) -> None:
        """Make one that has heard nothing.

        :param at_the_end: the pace of `rest`, if it is not the pace's own.
        """
        self._pace = pace
        self._at_the_end = at_the_end or pace.at_the_end
        self._troubles = Troubles()
        self._remarks = Remarks()
        self._sent: dict[str, float] = {}
        self._bundle = pace.bundle
        self._sent_before: dict[str, float] = {}

    def hear(self, heard: Heard, now: float) -> None:
        """Take in what happened."""
        match heard:
            case Trouble():
                self._troubles.begin(heard, now)
            case Over():
                self._troubles.end(heard, now)
            case Remark():
                self._remarks.add(heard, now)
            case Settled():
                self._remarks.settle(heard)

    def recall(self, told: Iterable[Trouble], sent: Mapping[str, float], now: float) -> None:
        """Know what another process told.

        :param sent: when it sent a message of each kind last; that counts at the end too, or one
            that a supervisor starts again and again would tell the same each time.
        """
        self._troubles.recall(told, now, self._pace)
        self._sent_before = dict(sent)

    @property
    def told(self) -> list[Trouble]:
        """What people take for lasting, going by what they were told."""
        return self._troubles.told

    @property
    def sent(self) -> Mapping[str, float]:
        """When a message of each kind was sent last, by whichever process."""
        return {**self._sent_before, **self._sent}

    def compare(self, lasts: Lasts, now: float) -> None:
        """Go by how things stand, where nothing was heard of it: after a reload, say."""
        self._troubles.compare(lasts, now, self._pace)

    def trouble(self, now: float) -> str:
        """What is wrong and does not pass by itself, on a line; empty: nothing."""
        return self._troubles.lasting(now, self._pace)

    def next_due(self) -> float | None:
        """When there is something to tell; None: as far as is known, never."""
        return min((when for _, when, _ in self._waiting()), default=None)

    def due(self, now: float) -> list[Message]:
        """The messages for which the time has come; they count as told."""
        messages = []
        for kind, when, part in self._waiting():
            if when <= now:
                self._sent[kind] = now
                messages.append(part.take(kind, now, self._pace))
        return messages

    def rest(self, now: float) -> list[Message]:
        """What is left to tell at the end; what may pass by itself is not told any more."""
        self._pace = self._at_the_end
        self._remarks.drop_passing()
        return self.due(now)

    def _waiting(self) -> list[tuple[str, float, Troubles | Remarks]]:
        """Each kind of message there is to send, when it may go, and whose it is."""
        waiting = []
        for part in (self._troubles, self._remarks):
            for kind, ripe in _earliest(part.ready(self._pace)).items():
                waiting.append((kind, self._may_go(kind, ripe), part))
        return waiting

    def _may_go(self, kind: str, ripe: float) -> float:
        last = self._sent.get(kind, -math.inf) + self._pace.bundle
        before = self._sent_before.get(kind, -math.inf) + self._bundle
        return max(ripe, last, before)


def _earliest(ready: Iterable[tuple[str, float]]) -> dict[str, float]:
    times: dict[str, float] = {}
    for kind, ripe in ready:
        times[kind] = min(ripe, times.get(kind, ripe))
    return times
