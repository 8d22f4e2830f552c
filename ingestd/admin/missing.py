"""Documents under way whose files are gone, found in the ledger and the folders."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ingestd.admin.done import require_top, tops_of
from ingestd.admin.returning import require_marker
from ingestd.config import Inbox, Settings
from ingestd.errors import InboxUnavailable, LedgerUnusable
from ingestd.intake import (
    Foreign,
    NotMounted,
    Remembered,
    Workplace,
    judge,
    mount_behind,
    opened,
    read_marker,
)
from ingestd.ledger import KnownInbox, Reading, Wanted
from ingestd.model import ENDS, Document, State
from ingestd.refiling import holds


def missing_in(
    ledger: Reading, settings: Settings, wanted: Wanted
) -> tuple[list[Document], list[InboxUnavailable]]:
    """The documents under way whose files are gone; and why of some that cannot be told.

    :param wanted: which of them.
    :raises LedgerUnusable: if it cannot be read.
    """
    found: list[Document] = []
    troubles: dict[str, InboxUnavailable] = {}
    under_way = replace(wanted, states=frozenset(State) - ENDS, outcomes=frozenset(), limit=0)
    for document in ledger.search(under_way):
        try:
            chosen = _is_chosen(document, wanted) and _is_gone(document, settings, ledger)
            # one that is put away just now had its place written down before it left `work/`
            if chosen and ledger.document(document.id) == document:
                found.append(document)
        except InboxUnavailable as error:  # once for each inbox: its documents share that
            troubles.setdefault(document.inbox, error)
    return found[: wanted.limit or None], list(troubles.values())


def _is_chosen(document: Document, wanted: Wanted) -> bool:
    anything = not (wanted.states or wanted.outcomes)
    return anything or document.state in wanted.states or document.outcome in wanted.outcomes


def _is_gone(document: Document, settings: Settings, ledger: Reading) -> bool:
    inbox, roots = settings.inboxes.get(document.inbox), set[Path]()
    if inbox:
        require_marker(inbox.path)
        roots.add(inbox.path)
    if known := ledger.known_inbox(document.inbox):  # its folder before, or it left the settings
        roots.add(Path(known.path))
    if any(Workplace(root).may_hold(document.id, document.name) for root in roots):
        return False
    if known:
        _require_no_other(known)
    return not _is_filed(document, inbox)


def _require_no_other(known: KnownInbox) -> None:
    """Make sure that where an inbox was there still is that inbox, or no folder at all.

    One that left the settings need not be there any more. But an empty folder, or another inbox,
    is what shows while its share is away.

    :raises InboxUnavailable: if it is another, or cannot be looked into.
    """
    root = Path(known.path)
    if not os.path.lexists(root):
        return
    with opened(root) as folder:
        marker, mount = read_marker(folder), mount_behind(folder.descriptor)
    remembered = Remembered(known.marker, known.filesystem, known.source, known.root)
    seen = judge(marker.id if marker else None, remembered, mount)
    if isinstance(seen, NotMounted | Foreign):
        raise InboxUnavailable(
            f"Whether documents of {root} are gone cannot be told: {seen.reason}.",
            hint=f"{seen.hint} If it is gone for good, and not in the settings any more, remove "
            f"the empty folder {root}.",
        )


def _is_filed(document: Document, inbox: Inbox | None) -> bool:
    """Whether a document is at its destination.

    :raises InboxUnavailable: if that cannot be told: its share is away, or may not be read.
    """
    if not document.destination:
        return False
    destination = Path(document.destination)
    for top in (*tops_of(inbox), inbox.folder(inbox.failed)) if inbox else ():
        if top in destination.parents and inbox:
            require_top(inbox, top, used=inbox.path not in top.parents)
    try:
        return holds(destination, document)
    except (OSError, LedgerUnusable) as error:
        raise InboxUnavailable(f"{destination} cannot be looked at: {error}") from error
