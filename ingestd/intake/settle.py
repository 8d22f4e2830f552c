"""Whether its writer is done with a file, decided from looks at it and a clock passed in.

Times are monotonic seconds. Sizes and modification times are only ever compared for equality:
a wall clock that jumps, or a scanner that lives in 1970, changes nothing here.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from ingestd.intake.shape import Kind, Shape

ASK_THE_WRITER_AGAIN = 1.0
"""Seconds between two questions whether a writer still has a file open."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one `lstat` says of a file; any difference means that it changed."""

    size: int
    mtime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Look:
        """Keep of `stat` what tells a changed file from an unchanged one."""
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ino, stat.st_dev)

    def is_of(self, stat: os.stat_result) -> bool:
        """Whether nothing changed: it would be the same of `stat`."""
        return (
            self.mtime_ns == stat.st_mtime_ns
            and self.size == stat.st_size
            and self.inode == stat.st_ino
            and self.device == stat.st_dev
        )


@dataclass(frozen=True, slots=True)
class Inside:
    """What was found when the file was opened."""

    shape: Shape
    being_written: bool | None
    """A writer is known to have it open, or known not to; None if nobody can tell."""
    at: float
    """When it was opened."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of one file between looks."""

    look: Look
    since: float
    """Since when it has looked so."""
    arrived_whole: bool = False
    """An event proved that it was moved in by a rename."""
    lay_still: bool = False
    """Its stamps proved that it had been quiet for long enough when it was first seen."""
    inside: Inside | None = None
    """Forgotten when the look changes."""
    sidecars: frozenset[str] = frozenset()
    """What lies beside it and belongs to it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a file is waited for, in seconds since it last changed."""

    quiet: float = 2.0
    junk_quiet: float = 30.0
    """The same for a document with foreign bytes after its end."""
    give_up: float = 600.0
    awaits_sidecars: bool = False
    """What arrived whole is waited for as well, in case that its sidecar follows."""


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

    def lies_there(self, look: Look, seconds: float) -> bool:
        """Whether a file has been lying there for so long, by its own stamp."""
        # a stamp from the future tells as little as an old one of when it was written
        return abs(self.wall_clock() - look.mtime_ns / 1e9) >= seconds


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to decide before `until`, unless the file is seen to change."""

    until: float
    """Infinite: it is not waited for, and left for the next run."""


@dataclass(frozen=True, slots=True)
class LookInside:
    """Open the file, put what was found into `Seen.inside`, and ask again."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Its writer is done with it."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It will not become a document any more (see `shape.unfit`)."""


Verdict = Wait | LookInside | Ready | GiveUp


def seen_again(
    before: Seen | None,
    look: Look,
    now: float,
    *,
    arrived_whole: bool = False,
    lay_still: bool = False,
    sidecars: frozenset[str] = frozenset(),
) -> Seen:
    """Add a look at a file to what is remembered of it; any change starts the wait afresh.

    So does a sidecar that leaves: an editor that replaces it, or another ingestd that is about to
    take both, may have it out of sight just now.

    :param lay_still: counts at the first look, and never again: from then on it is watched.
    """
    if before is None:
        return Seen(look, now, arrived_whole, lay_still, sidecars=sidecars)
    if before.look != look or before.sidecars - sidecars:
        return Seen(look, since=now, arrived_whole=arrived_whole, sidecars=sidecars)
    if sidecars != before.sidecars or (arrived_whole and not before.arrived_whole):
        whole = arrived_whole or before.arrived_whole
        return replace(before, arrived_whole=whole, sidecars=sidecars)
    return before


def looked_inside(seen: Seen, inside: Inside, patience: Patience) -> Seen:
    """Add what was found inside a file, unless it turns out that this was too early to tell.

    That it lay still spares it the wait only if it is whole, and the kernel knows that nobody has
    it open for writing: one `write` of many MB to a slow disk stamps the file once, when it begins,
    and a mapped page when it is first written. Any other is waited for as ever.
    """
    finished = inside.shape.kind is Kind.WHOLE and inside.being_written is False
    seen = replace(seen, lay_still=seen.lay_still and finished)
    return replace(seen, inside=inside if inside.at >= _quiet_at(seen, patience) else None)


def _quiet_at(seen: Seen, patience: Patience) -> float:
    at_once = seen.arrived_whole and (bool(seen.sidecars) or not patience.awaits_sidecars)
    return seen.since + (0.0 if at_once or seen.lay_still else patience.quiet)


def settled(seen: Seen, now: float, patience: Patience) -> Verdict:
    """Decide from what was seen of a file whether its writer is done with it."""
    quiet_at = _quiet_at(seen, patience)
    if now < quiet_at:
        return Wait(quiet_at)
    if seen.inside is None:
        return LookInside()
    give_up_at = seen.since + patience.give_up
    if seen.inside.being_written and seen.inside.at < give_up_at:
        ask_again_at = min(seen.inside.at + ASK_THE_WRITER_AGAIN, give_up_at)
        return Wait(ask_again_at) if now < ask_again_at else LookInside()
    return _by_shape(seen, seen.inside, now, patience)


def _by_shape(seen: Seen, inside: Inside, now: float, patience: Patience) -> Verdict:
    verdict: Ready | GiveUp
    match inside.shape.kind:
        case Kind.WHOLE:
            return Ready()
        case Kind.WHOLE_WITH_JUNK:
            due, verdict = seen.since + patience.junk_quiet, Ready()
        case Kind.EMPTY | Kind.INCOMPLETE | Kind.FOREIGN:
            due, verdict = seen.since + patience.give_up, GiveUp()
        case _:
            assert_never(inside.shape.kind)
    if now < due:
        return Wait(due)
    # A write through mmap, or within one tick of the filesystem's clock, changes no look: nothing
    # is decided on a shape that is older than the moment it is decided at.
    return verdict if inside.at >= due else LookInside()


def hurried(
    seen: Seen, wait: Wait, patience: Patience, hurry: Hurry, since_start: float
) -> Verdict:
    """Decide the same for a run that ends, of a file that would be waited for.

    :param since_start: seconds that the run has taken.
    """
    if since_start > hurry.longest:
        return Wait(math.inf)
    if seen.inside is None:
        return wait
    if seen.inside.being_written:
        return Wait(math.inf)
    at_last = replace(seen, inside=replace(seen.inside, at=math.inf))
    in_the_end = settled(at_last, seen.since + patience.give_up, patience)
    if not isinstance(in_the_end, GiveUp):
        return wait
    return in_the_end if hurry.lies_there(seen.look, patience.give_up) else Wait(math.inf)
