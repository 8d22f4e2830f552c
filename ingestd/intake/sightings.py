"""What is known of the files in an inbox from one listing to the next, and which are ready."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from ingestd.intake.listing import Entry, Oddity
from ingestd.intake.settle import (
    GiveUp,
    Inside,
    Look,
    LookInside,
    Patience,
    Ready,
    Seen,
    Verdict,
    Wait,
    seen_again,
    settled,
)

LookInto = Callable[[Entry], Inside | Oddity | None]
"""Opens a file and tells what is in it; None if it is not as it was listed any more."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that waits to be claimed."""

    path: str
    """Relative to the inbox."""
    look: Look


@dataclass(slots=True)
class Round:
    """What one listing came to."""

    ready: list[Candidate] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    """Paths that were not there the last time."""
    pending: int = 0
    """Files whose writers may not be done."""
    left: int = 0
    """Files that will not be ready soon enough for somebody in a hurry."""
    oddities: list[Oddity] = field(default_factory=list)
    due: float = math.inf
    """When the next of them can change its verdict; monotonic seconds."""


@dataclass(frozen=True, slots=True)
class Hurry:
    """For a run that ends: no file is watched for as long as `Patience.give_up`.

    A file that is not whole is given up at once if its own time stamp says that it has been lying
    there for that long, and is left for the next run if not.
    """

    wall_clock: Callable[[], float]
    """Seconds since the epoch."""
    longest: float = 60.0
    """Seconds that a file which keeps changing, or cannot be opened, is waited for."""


class Sightings:
    """Everything seen in one inbox."""

    def __init__(
        self, patience: Patience, look_into: LookInto, *, hurry: Hurry | None = None
    ) -> None:
        self._patience = patience
        self._look_into = look_into
        self._hurry = hurry
        self._seen: dict[str, Seen] = {}
        self._began: float | None = None

    def take_in(
        self, entries: Iterable[Entry], arrived_whole: Collection[str], now: float
    ) -> Round:
        """Add a listing; tell what is ready by it.

        :param arrived_whole: paths that an event proved to have been moved in.
        :param now: monotonic seconds.
        """
        self._began = now if self._began is None else self._began
        result, seen = Round(), {}
        for entry in entries:
            before = self._seen.get(entry.path)
            if before is None:
                result.new.append(entry.path)
            arrived = entry.path in arrived_whole
            one = seen_again(before, entry.look, now, arrived_whole=arrived)
            verdict: Verdict | None = settled(one, now, self._patience)
            if isinstance(verdict, LookInside):
                one, verdict = self._look_inside(result, entry, one, now)
            seen[entry.path] = one
            if self._hurry and isinstance(verdict, Wait):
                verdict = self._hurried(entry, one, verdict, self._hurry, now - self._began)
            _count(result, entry, verdict)
        self._seen = seen
        return result

    def _look_inside(
        self, result: Round, entry: Entry, seen: Seen, now: float
    ) -> tuple[Seen, Verdict | None]:
        inside = self._look_into(entry)
        if inside is None:
            return seen, Wait(now + self._patience.quiet)
        if isinstance(inside, Oddity):
            result.oddities.append(inside)
            return seen, None
        seen = replace(seen, inside=replace(inside, at=now))
        return seen, settled(seen, now, self._patience)

    def _hurried(
        self, entry: Entry, seen: Seen, wait: Wait, hurry: Hurry, since_start: float
    ) -> Verdict:
        if since_start > hurry.longest:
            return Wait(math.inf)
        if seen.inside is None:
            return wait
        in_the_end = settled(
            replace(seen, inside=replace(seen.inside, at=math.inf)),
            seen.since + self._patience.give_up,
            self._patience,
        )
        if not isinstance(in_the_end, GiveUp) and not seen.inside.being_written:
            return wait
        # a stamp from the future tells as little as an old one of when it was written
        lying_there = abs(hurry.wall_clock() - entry.look.mtime_ns / 1e9)
        if lying_there >= self._patience.give_up and not seen.inside.being_written:
            return in_the_end
        return Wait(math.inf)


def _count(result: Round, entry: Entry, verdict: Verdict | None) -> None:
    match verdict:
        case Ready() | GiveUp():  # inspected once it is claimed; that says why it fails
            result.ready.append(Candidate(entry.path, entry.look))
        case Wait(until) if until == math.inf:
            result.left += 1
        case Wait(until):
            result.pending += 1
            result.due = min(result.due, until)
