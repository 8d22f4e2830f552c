"""The folders that an inbox's documents are put away in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.doctor.finding import Finding, fail, ok, refused, warn
from ingestd.admin.doctor.place import Place, look_at, rights_missing
from ingestd.errors import InboxUnavailable
from ingestd.intake import (
    Foreign,
    Judgement,
    MarkNew,
    NotMounted,
    Remembered,
    judge,
    opened,
    read_marker,
)


@dataclass(frozen=True, slots=True)
class SeenFolder:
    """What was seen of one."""

    place: Place
    marked: Judgement | InboxUnavailable | None = None
    """None of a folder in the inbox, which has the inbox's marker."""


def look_at_folder(path: Path, remembered: Remembered | None, *, outside: bool) -> SeenFolder:
    """Look at a folder that documents are put away in; it need not be there yet.

    :param remembered: what the ledger knows of it.
    :param outside: it is not in its inbox, and so has a marker of its own.
    :raises InboxUnavailable: if it cannot be opened.
    """
    place = look_at(path, may_be_made=True)
    return SeenFolder(place, _judged(place, remembered) if outside else None)


def _judged(place: Place, remembered: Remembered | None) -> Judgement | InboxUnavailable:
    if not place.exists:
        # it is made where it was before, or for the first time, and never where its share should be
        new = remembered is None or remembered == Remembered.of(remembered.id, place.mount)
        return MarkNew() if new else judge(None, remembered, place.mount)
    try:
        with opened(place.path) as folder:
            marker = read_marker(folder)
    except InboxUnavailable as error:
        return error
    return judge(marker.id if marker else None, remembered, place.mount)


def of_folder(subject: str, seen: SeenFolder, inbox: Place | None) -> Iterator[Finding]:
    """Judge one of these folders.

    :param inbox: where the documents come from; None where that could not be looked at.
    """
    wrong = [*_not_meant(subject, seen), *_rights_missing(subject, seen.place, inbox)]
    yield from wrong or [_of_filesystem(subject, seen.place, inbox)]


def _not_meant(subject: str, seen: SeenFolder) -> Iterator[Finding]:
    match seen.marked:
        case InboxUnavailable() as error:
            yield from refused(subject, error)
        case NotMounted(reason, hint) | Foreign(reason, hint):
            yield fail(subject, f"{seen.place.path} is not used: {reason}.", hint)


def _rights_missing(subject: str, place: Place, inbox: Place | None) -> Iterator[Finding]:
    if inbox is None or place.there != inbox.path:  # of which it is said already
        yield from rights_missing(subject, place)


def _of_filesystem(subject: str, place: Place, inbox: Place | None) -> Finding:
    what = f"{place.path} {'is there' if place.exists else 'is made when it is needed'}"
    if place.in_memory:
        return warn(
            subject,
            f"{what}, in memory (tmpfs): all that is put there is gone at the next start.",
            "Choose a folder on a disk.",
        )
    if inbox and not place.shares_filesystem(inbox):
        return warn(
            subject,
            f"{what}, on another filesystem: documents are copied there, not renamed.",
            "That is safe, and takes longer. Where you can, choose a folder on the same one.",
        )
    return ok(subject, f"{what}.")
