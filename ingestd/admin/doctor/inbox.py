"""What is to be said of an inbox's folder: rights, marker, watching, and what is mounted in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from ingestd.admin.doctor.finding import Finding, fail, ok, refused, warn
from ingestd.admin.doctor.inbox_look import SeenInbox
from ingestd.admin.doctor.place import rights_missing
from ingestd.admin.lock_holder import Holder
from ingestd.errors import InboxUnavailable
from ingestd.intake import (
    Foreign,
    Judgement,
    MarkNew,
    Mount,
    NotMounted,
    Ours,
    Renewed,
    excluded,
    needs_polling,
)
from ingestd.intake.marker import FOLDER as OUR_FOLDER
from ingestd.intake.marker import WORK as WORK_FOLDER

Watch = Literal["auto", "native", "poll"]


def of_inbox(
    subject: str, seen: SeenInbox, *, watch: Watch, recursive: bool, put_away: Iterable[str]
) -> Iterator[Finding]:
    """Judge an inbox's folder.

    :param put_away: the folders of its own that it does not look into, relative to it.
    """
    yield from of_rights(f"{subject}: folder", seen)
    yield from of_marker(f"{subject}: marker", seen.marked, known=seen.known)
    if isinstance(seen.marked, NotMounted | Foreign):
        return
    yield of_watching(f"{subject}: watching", watch, seen.place.mount)
    disk = f"{subject}: filesystem"
    yield from of_filesystem(disk, seen)
    yield from of_mounts(disk, seen.mounted_below, recursive=recursive, put_away=put_away)


def of_rights(subject: str, seen: SeenInbox) -> Iterator[Finding]:
    """Judge what this user may do there."""
    missing = list(rights_missing(subject, seen.place))
    if seen.in_its_place:
        work = seen.place.path / OUR_FOLDER / WORK_FOLDER
        missing.append(
            fail(
                subject,
                f"{work} is {seen.in_its_place}, so nothing is claimed into it.",
                "Move it away; it is made anew. If it is a link, put what lies where it leads back "
                "into the inbox.",
            )
        )
    if seen.trouble:
        missing.append(
            fail(
                subject,
                f"Documents cannot be held for delivery ({seen.trouble}).",
                f"Was it made by another user, as root perhaps? Let the user that ingestd runs as "
                f"have all of it: chown -R USER '{seen.place.path / OUR_FOLDER}'",
            )
        )
    yield from missing or [ok(subject, f"{seen.place.path} can be read, written and searched.")]


def of_marker(
    subject: str, marked: Judgement | InboxUnavailable, *, known: bool
) -> Iterator[Finding]:
    """Judge whether this is the folder that is meant.

    :param known: the ledger knows which that is.
    """
    match marked:
        case InboxUnavailable():
            yield from refused(subject, marked)
        case Ours():
            meant = "It is the folder that is meant."
            yield ok(subject, meant if known else "It is marked; the ledger knows of no other.")
        case MarkNew():
            yield ok(subject, "It has none yet; the first start makes it.")
        case Renewed():
            yield warn(
                subject,
                "It is missing: the folder was made anew, or emptied. The next start makes it.",
                "See whether documents are missing too.",
            )
        case NotMounted(reason, hint) | Foreign(reason, hint):
            yield fail(subject, f"The folder is not used: {reason}.", hint)


def of_filesystem(subject: str, seen: SeenInbox) -> Iterator[Finding]:
    """Say what is particular of the filesystem that an inbox lies on."""
    if seen.place.in_memory:
        yield warn(
            subject,
            "It is kept in memory (tmpfs): what has not been delivered is gone at the next start.",
            "Choose a folder on a disk.",
        )
    if seen.stamps_renames:
        # seen with fusefat 0.1a
        yield fail(
            subject,
            "A file that is renamed there gets another time of change. So each looks as if it was "
            "replaced when it is taken, and none is delivered.",
            "Have the inbox on another filesystem.",
        )
    if seen.case_matters is False:
        yield ok(
            subject,
            "It does not tell upper from lower case; of two such names the later gets a number.",
        )


def natively(watch: Watch, mount: Mount | None) -> bool:
    """Whether an inbox is watched by the kernel's events."""
    return not needs_polling(mount) if watch == "auto" else watch == "native"


def of_watching(subject: str, watch: Watch, mount: Mount | None) -> Finding:
    """Judge how new files are noticed."""
    where = f"{mount.filesystem} ({mount.source})" if mount else "an unknown filesystem"
    silent = needs_polling(mount)
    if watch == "native" and silent:
        return warn(
            subject,
            f'watch is "native", but it lies on {where}, where files can arrive without an event; '
            "they are found by the next rescan.",
            'Set watch to "auto" or "poll".',
        )
    if natively(watch, mount):
        return ok(subject, f"It lies on {where}; new files are noticed at once.")
    why = "where files can arrive without an event" if silent else 'and watch is "poll"'
    return ok(subject, f"It lies on {where}, {why}; so it is polled.")


def of_mounts(
    subject: str, below: Iterable[str], *, recursive: bool, put_away: Iterable[str]
) -> Iterator[Finding]:
    """Judge what is mounted in an inbox: files cannot be renamed out of there."""
    away = [Path(folder) for folder in put_away]
    for path in map(Path, below):
        if any(folder in (path, *path.parents) for folder in away):
            continue
        ours = path.parts[0] == OUR_FOLDER
        if ours:
            cure = f"Unmount it: {OUR_FOLDER} has to be on the inbox's own filesystem."
        elif recursive and not any(excluded(part) for part in path.parts):
            cure = "Make it an inbox of its own, or mount it elsewhere."
        else:
            continue
        yield fail(
            subject,
            f"Another filesystem is mounted at {path} in it; what lies there cannot be taken.",
            cure,
        )


def of_holder(subject: str, inbox: Holder | None, state: Holder | None) -> Iterator[Finding]:
    """Judge who is at work in an inbox.

    :param state: who is at work with our state folder.
    """
    if inbox is None or (state and (None in (state.pid, inbox.pid) or state == inbox)):
        return
    yield fail(
        subject,
        f"An ingestd with another state folder is at work in it (process {inbox.pid}).",
        "Stop one of them; one inbox belongs to one ingestd.",
    )
