"""What lies in the folders of an inbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable
from ingestd.filing import SUFFIX
from ingestd.intake import Rules, Workplace, list_inbox


@dataclass(frozen=True, slots=True)
class Seen:
    """What lies there at a moment."""

    waiting: int = 0
    oldest: datetime | None = None
    in_flight: int = 0
    in_failed: int = 0
    error: str = ""
    """Why it could not be looked at."""
    hint: str = ""


def look_at(inbox: Inbox) -> Seen:
    """Count what lies in an inbox, in its work folder and in its failed folder."""
    try:
        entries = list_inbox(inbox.path, rules_of(inbox)).entries
    except InboxUnavailable as error:
        return Seen(error=str(error), hint=error.hint)
    oldest = min((entry.look.mtime_ns for entry in entries), default=None)
    return Seen(
        waiting=len(entries),
        oldest=None if oldest is None else datetime.fromtimestamp(oldest / 1e9, UTC),
        in_flight=_in_work(inbox.path),
        in_failed=sum(1 for _ in failed_documents(inbox.folder(inbox.failed))),
    )


def rules_of(inbox: Inbox) -> Rules:
    """Which files of an inbox are documents."""
    folders = (inbox.done, inbox.failed, inbox.duplicates or inbox.done)
    return Rules(
        include=tuple(inbox.include),
        exclude=tuple(inbox.exclude),
        recursive=inbox.recursive,
        skip=frozenset(inbox.folder(folder) for folder in folders),
    )


def _in_work(root: Path) -> int:
    try:
        return sum(1 for _ in Workplace(root).claimed())
    except OSError:
        return 0  # not served yet, or just closed


def failed_documents(folder: Path) -> Iterator[Path]:
    """Yield every document in a failed folder and below; not the reasons beside them."""
    for below, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith(SUFFIX):
                yield Path(below, name)
