"""Accounts and inboxes that cannot be used: of each it is told when that lasts, and when it ends.

What was told last is always true in the end, however often a trouble came and went in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ingestd.observe.notify.heard import Over, Trouble
from ingestd.observe.notify.message import ENDS, Message, of_end, of_trouble
from ingestd.observe.notify.pace import Pace

Lasts = Callable[[Trouble], bool | None]
"""Whether a trouble shows now; None: nobody looks after what it is about any more."""

_BEGINNINGS = {end: kind for kind, end in ENDS.items()}
_Key = tuple[str, str]


class Troubles:
    """What is wrong, and what of it was told; times are monotonic seconds."""

    def __init__(self) -> None:
        self._now: dict[_Key, tuple[Trouble, float]] = {}
        self._told: dict[_Key, Trouble] = {}
        self._ended: dict[_Key, float] = {}
        self._recalled: set[_Key] = set()
        """Of those that were told, the ones whose end was not seen yet."""

    def begin(self, trouble: Trouble, now: float) -> None:
        """Something cannot be used, or for another reason than before."""
        key = (trouble.kind, trouble.name)
        before, since = self._now.get(key, (trouble, now))
        worse = before.passes and not trouble.passes
        self._now[key] = (trouble, now if worse else since)

    def end(self, over: Over, now: float) -> None:
        """It can be used again."""
        key = (over.kind, over.name)
        self._recalled.discard(key)
        self._now.pop(key, None)
        self._ended[key] = now

    def recall(self, told: Iterable[Trouble], now: float, pace: Pace) -> None:
        """Know what was told before, by another process perhaps; it may be over by now."""
        for trouble in told:
            key = (trouble.kind, trouble.name)
            self._told[key] = trouble
            if key not in self._ended:  # or its end was heard already
                self._ended[key] = now + pace.settling
                self._recalled.add(key)

    @property
    def told(self) -> list[Trouble]:
        """What people take for wrong, going by what they were told."""
        return list(self._told.values())

    def compare(self, lasts: Lasts, now: float, pace: Pace) -> None:
        """Go by how things stand, where nothing was heard of it."""
        for trouble, since in list(self._now.values()):
            shows = now >= since + pace.gathering  # what is logged first is so a moment later
            if shows and not lasts(trouble):
                self.end(Over(trouble.kind, trouble.name), now)
        for key, trouble in list(self._told.items()):
            match lasts(trouble):
                case None:
                    del self._told[key]
                case True if key in self._recalled - self._now.keys():
                    self._now[key] = (trouble, now)

    def lasting(self, now: float, pace: Pace) -> str:
        """What is wrong and does not pass by itself, on a line; empty: nothing."""
        ripe = (
            one for one, since in self._now.values() if pace.ripe(since, passes=one.passes) <= now
        )
        return "; ".join(f"{one.name}: {one.reason}" for one in ripe)

    def ready(self, pace: Pace) -> Iterator[tuple[str, float]]:
        """The kinds of messages that there are to send, each with when it is ripe."""
        for (kind, name), (trouble, since) in self._now.items():
            if self._is_news(trouble, self._told.get((kind, name))):
                yield kind, pace.ripe(since, passes=trouble.passes)
        for kind, name in self._told.keys() - self._now.keys():
            yield ENDS[kind], pace.ripe(self._ended[kind, name], passes=False)

    def take(self, kind: str, now: float, pace: Pace) -> Message:
        """The message of a kind that is ready, about all that are ripe; told with that."""
        if kind in _BEGINNINGS:
            return self._take_ended(_BEGINNINGS[kind])
        told = [
            trouble
            for (one, name), (trouble, since) in self._now.items()
            if one == kind
            and self._is_news(trouble, self._told.get((one, name)))
            and pace.tells(since, now, passes=trouble.passes)
        ]
        self._told |= {(one.kind, one.name): one for one in told}
        return of_trouble(kind, told)

    def _take_ended(self, kind: str) -> Message:
        ended = sorted(key for key in self._told.keys() - self._now.keys() if key[0] == kind)
        for key in ended:
            del self._told[key], self._ended[key]
        return of_end(kind, [name for _, name in ended])

    @staticmethod
    def _is_news(trouble: Trouble, told: Trouble | None) -> bool:
        return told is None or (told.passes and not trouble.passes)
