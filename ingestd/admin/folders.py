"""What lies in the folders of an inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from ingestd.admin.done import paths_below, tops_of
from ingestd.admin.taking import rules_of
from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable
from ingestd.intake import Workplace, is_marked, list_inbox


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies there at a moment."""

    waiting: int = 0
    oldest: datetime | None = None
    in_flight: int = 0
    in_failed: int = 0
    marked: bool = True
    """Whether the folder has the marker of an inbox; a new one gets it when it is first served."""
    error: str = ""
    """Why it could not be looked at."""
    hint: str = ""


def look_at(inbox: Inbox) -> Seen:
    """Count what lies in an inbox, in its work folder and in its failed folder."""
    try:
        entries = list_inbox(inbox.path, rules_of(inbox)).entries
        marked = is_marked(inbox.path)
    except InboxUnavailable as error:
        return Seen(error=str(error), hint=error.hint)
    try:
        in_failed, trouble, hint = len(failed_documents(inbox)), "", ""
    except OSError as error:
        in_failed, trouble, hint = 0, *why_unreadable(inbox, error)
    oldest = min((entry.look.mtime_ns for entry in entries), default=None)
    return Seen(
        waiting=len(entries),
        oldest=None if oldest is None else datetime.fromtimestamp(oldest / 1e9, UTC),
        in_flight=_in_work(inbox.path),
        in_failed=in_failed,
        marked=marked,
        error=trouble,
        hint=hint,
    )


def why_unreadable(inbox: Inbox, error: OSError) -> tuple[str, str]:
    """What to say of a failed folder that cannot be read, and what to do about it."""
    folder = error.filename or inbox.folder(inbox.failed)
    return (
        f"The failed documents in {folder} cannot be looked at: {error.strerror}.",
        "Run this as the user that ingestd runs as, or give this one the right to read them.",
    )


def _in_work(root: Path) -> int:
    try:
        return sum(1 for _ in Workplace(root).claimed())
    except OSError:
        return 0  # not served yet, or just closed


def failed_documents(inbox: Inbox) -> list[Path]:
    """Every document in the failed folder of an inbox and below, in order.

    The reasons and the sidecars beside them are none, nor is what a NAS or an office program leaves
    there.

    :raises OSError: if a folder cannot be read; none where there is no failed folder yet.
    """
    folder = inbox.folder(inbox.failed)
    others = {str(path) for path in (inbox.path, *tops_of(inbox)) if folder in path.parents}
    return [Path(path) for path in sorted(paths_below(folder, others, _unreadable))]


def _unreadable(_: str, error: OSError) -> NoReturn:
    raise error
