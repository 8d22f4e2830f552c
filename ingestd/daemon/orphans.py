"""Documents under way in an inbox that the settings do not have any more, or have elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ingestd.daemon.plan import InboxPlan, Plan
from ingestd.errors import LedgerUnusable
from ingestd.ledger import Ledger
from ingestd.observe import Log


def tell_of_orphans(
    inboxes: Mapping[str, Path], ledger: Ledger, log: Log, *, of: str | None = None
) -> int:
    """Say where they are, as nobody looks there any more; how many they are.

    :param inboxes: the folder of each inbox in the settings.
    :param of: only those of this inbox.
    :raises LedgerUnusable: if it cannot be read.
    """
    orphans, looked_at = 0, {str(path) for path in inboxes.values()}
    for inbox, number in ledger.numbers_under_way().items():
        if of not in (None, inbox):
            continue
        known = ledger.known_inbox(inbox)
        was = known.path if known else ""
        if was in looked_at or (not was and inbox in inboxes):
            continue
        orphans += number
        where = f"{was}/.ingestd/work" if was else "its .ingestd/work"
        log.error(
            "inbox.unavailable",
            inbox=inbox,
            path=was,
            error=f"{number} documents of inbox {inbox} were not finished, and the settings do "
            f"not have it there any more. They are in {where}.",
            hint="Let the inbox have that name and path once more until they are delivered, or "
            "move the files from there into an inbox, and then: "
            "ingestd history --missing --close",
        )
    return orphans


def tell_of_leaving(plan: InboxPlan, there_is: Plan, ledger: Ledger, log: Log) -> None:
    """Say that an inbox was let go of, and which of its documents were not finished.

    :param there_is: the inboxes in the settings now.
    """
    log = log.bind(inbox=plan.name)
    log.info("inbox.left", path=str(plan.given.path))
    paths = {name: inbox.given.path for name, inbox in there_is.inboxes.items()}
    try:
        tell_of_orphans(paths, ledger, log, of=plan.name)
    except LedgerUnusable as error:
        log.warning("inbox.left", error=str(error), hint=error.hint)
