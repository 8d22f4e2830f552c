"""What an inbox takes for a document."""

from __future__ import annotations

from ingestd.config import Inbox
from ingestd.intake import Rules


def rules_of(inbox: Inbox) -> Rules:
    """Which files of an inbox are documents."""
    folders = (inbox.done, inbox.failed, inbox.duplicates or inbox.done)
    return Rules(
        include=tuple(inbox.include),
        exclude=tuple(inbox.exclude),
        recursive=inbox.recursive,
        sidecars=bool(inbox.sidecars),
        skip=frozenset(inbox.folder(folder) for folder in folders),
    )
