"""What needs a person and is said once: gathered for a moment, and told together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingestd.observe.notify.heard import Remark, Settled
from ingestd.observe.notify.message import MOST_NAMED, Message, of_remarks
from ingestd.observe.notify.pace import Pace

MOST_KEPT = 100
"""Remarks of a kind that are kept until they are told; of more, only the number is."""


@dataclass(slots=True)
class _Gathered:
    kept: dict[tuple[str, str], tuple[Remark, float]] = field(default_factory=dict)
    """By inbox and path, each with when it was heard."""
    further: int = 0


class Remarks:
    """What was not told yet; times are monotonic seconds."""

    def __init__(self) -> None:
        self._of_kind: defaultdict[str, _Gathered] = defaultdict(_Gathered)

    def add(self, remark: Remark, now: float) -> None:
        """Something is to be told."""
        gathered = self._of_kind[remark.kind]
        key = (remark.inbox, remark.path)
        if key in gathered.kept or len(gathered.kept) < MOST_KEPT:
            _, since = gathered.kept.get(key, (remark, now))
            gathered.kept[key] = (remark, since)
        else:
            gathered.further += 1

    def settle(self, settled: Settled) -> None:
        """A document came to its outcome: what might have passed did."""
        key = (settled.inbox, settled.path)
        self._keep(lambda remark: not remark.passes or (remark.inbox, remark.path) != key)

    def drop_passing(self) -> None:
        """Forget what may pass by itself."""
        self._keep(lambda remark: not remark.passes)

    def _keep(self, wanted: Callable[[Remark], bool]) -> None:
        for kind, gathered in list(self._of_kind.items()):
            kept = {key: one for key, one in gathered.kept.items() if wanted(one[0])}
            gathered.kept = kept
            if not kept:
                del self._of_kind[kind]

    def ready(self, pace: Pace) -> Iterator[tuple[str, float]]:
        """The kinds of messages that there are to send, each with when it is ripe."""
        for kind, gathered in self._of_kind.items():
            for remark, since in gathered.kept.values():
                yield kind, pace.ripe(since, passes=remark.passes)

    def take(self, kind: str, now: float, pace: Pace) -> Message:
        """The message of a kind that is ready, about all that are ripe."""
        gathered = self._of_kind.pop(kind)
        ripe, unripe = [], _Gathered()
        for key, (remark, since) in gathered.kept.items():
            if pace.tells(since, now, passes=remark.passes):
                ripe.append(remark)
            else:
                unripe.kept[key] = (remark, since)
        if unripe.kept:
            self._of_kind[kind] = unripe
        named, unnamed = ripe[:MOST_NAMED], ripe[MOST_NAMED:]
        return of_remarks(kind, named, len(unnamed) + gathered.further)
