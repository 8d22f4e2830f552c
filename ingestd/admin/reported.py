"""What a daemon said of documents, as far as it is so still."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from ingestd.errors import LedgerUnusable
from ingestd.ledger import Reading
from ingestd.model import ENDS
from ingestd.observe import DocumentReport, Report


def without_closed(report: Report | None, ledger: object) -> Report | None:
    """What a daemon reported, without the documents that were closed since.

    :param ledger: whatever there is of it; as it was told, where it cannot be read.
    """
    if report is None or not isinstance(ledger, Reading):
        return report
    with suppress(LedgerUnusable):
        inboxes = {
            name: replace(inbox, documents=tuple(_still_open(inbox.documents, ledger)))
            for name, inbox in report.inboxes.items()
        }
        return replace(report, inboxes=inboxes)
    return report


def _still_open(reported: Iterable[DocumentReport], ledger: Reading) -> Iterator[DocumentReport]:
    for one in reported:
        document = ledger.document(one.id) if one.id else None
        if document is None or document.state not in ENDS:
            yield one
