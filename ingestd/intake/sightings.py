"""What is known of the files in an inbox from one listing to the next, and which are ready."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingestd.intake.pairing import Entry, Oddity
from ingestd.intake.settle import (
    Hurry,
    Inside,
    Look,
    LookInside,
    Patience,
    Seen,
    Verdict,
    Wait,
    hurried,
    looked_inside,
    seen_again,
    settled,
)
from ingestd.sidecars import is_called_like_one

_NO_DOCUMENT = Oddity(
    "", "has no document beside it", hint="Drop its document beside it, or take it out."
)
_NO_SIDECAR = Oddity(
    "",
    "has no sidecar beside it, which this inbox requires",
    hint="Drop one beside it that is called like it, such as invoice.toml for invoice.pdf.",
)

_NONE: frozenset[str] = frozenset()

REST = 9
"""Times as long as a listing took before the next: 100,000 waiting files take a second to list, and
one more arriving is no reason to do nothing else."""

LookInto = Callable[[Entry], Inside | Oddity | None]
"""Opens a file and tells what is in it; None if it is not as it was listed any more."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that waits to be claimed."""

    path: str
    """Relative to the inbox."""
    look: Look
    sidecars: tuple[Entry, ...] = ()
    """What is to be claimed with it."""


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
    lacking: list[str] = field(default_factory=list)
    """Paths of documents without the sidecar that they must have, and may get yet."""
    oddities: list[Oddity] = field(default_factory=list)
    alone: list[Oddity] = field(default_factory=list)
    """Sidecars whose documents did not come; no document waits for a person."""
    due: float = math.inf
    """When the next of them can change its verdict; monotonic seconds."""

    def rest(self, took: float, now: float) -> float:
        """Seconds until the inbox may be listed again.

        While none is ready there is nothing else to do than to wait for the first: of 100,000
        files that were there at the start, a minute longer otherwise.

        :param took: what the listing did, in seconds.
        """
        return took * REST if self.ready else min(took * REST, max(took, self.due - now))


class Sightings:
    """Everything seen in one inbox."""

    def __init__(
        self,
        patience: Patience,
        look_into: LookInto,
        *,
        hurry: Hurry | None = None,
        sidecar_required: bool = False,
    ) -> None:
        self._patience = patience
        self._for_sidecars = replace(patience, awaits_sidecars=False)
        self._look_into = look_into
        self._hurry = hurry
        self._sidecar_required = sidecar_required
        self._seen: dict[str, Seen] = {}
        self._began: float | None = None

    def last_look(self, path: str) -> Look | None:
        """How a file looked in the last listing; None if it was not there."""
        seen = self._seen.get(path)
        return seen.look if seen else None

    def take_in(
        self,
        entries: Iterable[Entry],
        arrived_whole: Collection[str],
        now: float,
        *,
        alone: Iterable[Entry] = (),
    ) -> Round:
        """Add a listing; tell what is ready by it.

        :param arrived_whole: paths that an event proved to have been moved in.
        :param now: monotonic seconds.
        :param alone: sidecars without a document.
        """
        self._began = now if self._began is None else self._began
        result, seen = Round(), dict[str, Seen]()
        for entry in entries:
            if entry.path not in self._seen:
                result.new.append(entry.path)
            parts = (entry, *entry.sidecars)
            for part in parts:
                seen[part.path] = self._see(part, now, arrived=part.path in arrived_whole)
            if self._lacks_sidecar(entry):
                if self._is_long(result, entry, seen[entry.path], now):
                    result.oddities.append(_told_of(entry, _NO_SIDECAR))
                else:
                    result.lacking.append(entry.path)
            elif not entry.held:
                verdicts = [self._verdict(part, seen, now) for part in parts]
                _count(result, entry, verdicts)
        for entry in alone:
            seen[entry.path] = self._see(entry, now, arrived=False)
            if self._is_long(result, entry, seen[entry.path], now):
                result.alone.append(_told_of(entry, _NO_DOCUMENT))
        self._seen = seen
        return result

    def _see(self, entry: Entry, now: float, *, arrived: bool) -> Seen:
        before, sidecars = self._seen.get(entry.path), _NONE
        if entry.sidecars:
            sidecars = frozenset(one.path for one in entry.sidecars)
        return seen_again(
            before,
            entry.look,
            now,
            arrived_whole=arrived,
            lay_still=entry.lay_still,
            sidecars=sidecars,
        )

    def _lacks_sidecar(self, entry: Entry) -> bool:
        return self._sidecar_required and not entry.sidecars and not is_called_like_one(entry.path)

    def _verdict(self, entry: Entry, seen: dict[str, Seen], now: float) -> Verdict | Oddity:
        """What is to be done about one file; `seen` of it may come to hold more."""
        one = seen[entry.path]
        patience = self._for_sidecars if entry.is_sidecar else self._patience
        verdict: Verdict | Oddity = settled(one, now, patience)
        if isinstance(verdict, LookInside):
            one, verdict = self._look_inside(entry, one, now, patience)
            seen[entry.path] = one
        if self._hurry and isinstance(verdict, Wait):
            assert self._began is not None
            verdict = hurried(one, verdict, self._patience, self._hurry, now - self._began)
        return verdict

    def _look_inside(
        self, entry: Entry, seen: Seen, now: float, patience: Patience
    ) -> tuple[Seen, Verdict | Oddity]:
        inside = self._look_into(entry)
        if inside is None:
            return seen, Wait(now + self._patience.quiet)
        if isinstance(inside, Oddity):
            return seen, inside
        seen = looked_inside(seen, replace(inside, at=now), patience)
        return seen, settled(seen, now, patience)

    def _is_long(self, result: Round, entry: Entry, seen: Seen, now: float) -> bool:
        """Whether a file's counterpart did not come for as long as anything is waited for."""
        give_up = self._patience.give_up
        long_at = seen.since + give_up
        if now >= long_at or (self._hurry and self._hurry.lies_there(entry.look, give_up)):
            return True
        result.due = min(result.due, long_at)
        return False


def _told_of(entry: Entry, what: Oddity) -> Oddity:
    return replace(what, path=entry.path, inode=entry.look.inode)


def _count(result: Round, entry: Entry, verdicts: Sequence[Verdict | Oddity]) -> None:
    """Count a document by the verdicts on its file and its sidecars."""
    until = [verdict.until for verdict in verdicts if isinstance(verdict, Wait)]
    oddities = [verdict for verdict in verdicts if isinstance(verdict, Oddity)]
    if oddities:
        result.oddities += [_awaited(oddity, entry) for oddity in oddities]
    elif not until:  # inspected once it is claimed; that says why it fails, if it does
        result.ready.append(Candidate(entry.path, entry.look, entry.sidecars))
    elif max(until) == math.inf:
        result.left += 1
    else:
        result.pending += 1
        result.due = min(result.due, max(until))


def _awaited(oddity: Oddity, document: Entry) -> Oddity:
    if oddity.path == document.path:
        return oddity
    return replace(oddity, awaited_by=(os.path.basename(document.path),))
