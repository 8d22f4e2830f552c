"""The folders of one inbox: where its documents arrive, and where they are put away."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime
from functools import partial
from pathlib import Path

from ingestd import config
from ingestd.admin import rules_of
from ingestd.daemon.outside import OutsideFolder, confirm_in
from ingestd.daemon.times import Times
from ingestd.filing import Cabinet
from ingestd.intake import Guard, Inbox, Marked, Patience, Remembered
from ingestd.ledger import KnownInbox, Ledger, Reading
from ingestd.observe import Log

RESCAN = 60.0
"""Seconds between listings of an inbox that is watched."""
POLL = 10.0
"""Seconds between listings of an inbox that is polled."""


def new_id(now: datetime) -> str:
    """An id for a document or an inbox, unlike any other's.

    Those of a later millisecond sort behind, so those of one day lie side by side in the ledger's
    indexes, and fewer pages are written.
    """
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def inbox(name: str, given: config.Inbox, *, hurried: bool) -> Inbox:
    """What the settings say of where documents arrive."""
    rescan = given.rescan or RESCAN
    return Inbox(
        name=name,
        root=given.path,
        rules=rules_of(given),
        patience=Patience(
            quiet=given.settle,
            give_up=given.give_up_on_incomplete,
            awaits_sidecars=bool(given.sidecars),
        ),
        watch=given.watch,
        # each finds a share that hangs, which a run that ends must not wait for
        rescan=min(rescan, POLL) if hurried else rescan,
        poll=given.rescan or POLL,
        order=given.order,
        sidecar_required=given.sidecars == "required",
    )


def guard(name: str, root: Path, ledger: Ledger, times: Times, log: Log) -> Guard:
    """What stands before an inbox."""
    return Guard(root, _marked(name, root, ledger, times, log))


def cabinet(given: config.Inbox, ledger: Ledger, times: Times, log: Log) -> Cabinet:
    """Where documents are put away."""
    done, failed = given.folder(given.done), given.folder(given.failed)
    duplicates = given.folder(given.duplicates or given.done)
    outside = [
        # as one by its path: several inboxes may have it
        OutsideFolder(top, _marked(known_as(top), top, ledger, times, log))
        for top in sorted({done, failed, duplicates})
        if given.path not in (top, *top.parents)
    ]
    return Cabinet(done, failed, duplicates, given.filed_layout, partial(confirm_in, outside))


def known_as(folder: Path) -> str:
    """The ledger's name for a folder outside of its inbox."""
    return f"folder:{hashlib.sha256(os.fsencode(folder)).hexdigest()}"


def recalled(ledger: Reading, name: str, root: Path) -> Remembered | None:
    """What the ledger remembers of an inbox's folder, or of one outside."""
    known = ledger.known_inbox(name)
    if known is None or known.path != str(root):
        return None  # another folder by the same name is another inbox
    return Remembered(known.marker, known.filesystem, known.source, known.root)


def _marked(name: str, root: Path, ledger: Ledger, times: Times, log: Log) -> Marked:
    def remember(it: Remembered) -> None:
        known = KnownInbox(str(root), it.id, it.filesystem, it.source, it.root)
        ledger.remember_inbox(name, known)

    def made() -> str:
        return new_id(times.now())

    recall = partial(recalled, ledger, name, root)
    return Marked(recall=recall, remember=remember, new_id=made, now=times.now, log=log)
