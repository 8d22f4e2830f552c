"""What the daemon and `status` ask costs as much with a million documents as with a few."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ingestd.ledger import Ledger, open_ledger
from ingestd.ledger.opening import FILE_NAME
from ingestd.model import Outcome, State
from tests.ledger.conftest import never
from tests.ledger.documents import NOON, SHA, Ticking, bring, document
from tests.ledger.plans import asked, plan

OF_FEW = re.compile(
    r"(documents|events) USING (COVERING )?INDEX ("
    r"sqlite_autoindex_documents_1 \(id[=>]\?\)"
    r"|documents_by_content \(account=\? AND sha256=\?\)"
    r"|documents_by_md5 \(account=\? AND md5=\?\)"
    r"|documents_by_sent_md5 \(account=\? AND sent_md5=\?\)"
    r"|documents_by_update \(updated_at>\?\)"
    r"|documents_under_way\b"
    r"|ix_events_document \(document=\?\))"
)
"""One document's, one content's, since midnight, or those under way: however many there are."""
ONE = document(1, sha256=SHA, md5=SHA[:32], external_id="ingestd-1")
ANOTHER = document(2, sha256=SHA, md5=SHA[:32])
DELIVERED = {"outcome": Outcome.DELIVERED, "invoice_id": "i-1"}


def carry(ledger: Ledger) -> None:
    accepted, known = bring(ledger, ANOTHER, State.ACCEPTED), {"i-1": "ingestd-1"}
    uploading = ledger.begin_upload(accepted, known)
    uploaded = ledger.advance(uploading, State.UPLOADED, **DELIVERED)
    ledger.advance(ledger.plan(uploaded, "/done/2.pdf"), State.FILED)
    ledger.flush()


ASKED: dict[str, Callable[[Ledger], object]] = {
    "carry": carry,
    "document": lambda ledger: ledger.document("id-1"),
    "under_way": lambda ledger: ledger.under_way("scanner"),
    "numbers_under_way": lambda ledger: ledger.numbers_under_way(),
    "outcomes_since": lambda ledger: ledger.outcomes_since(NOON - timedelta(hours=12)),
    "delivered_before": lambda ledger: ledger.delivered_before(ANOTHER),
    "invoices_with_its_content": lambda ledger: ledger.invoices_with_its_content(ANOTHER),
    "contents_with_its_md5": lambda ledger: ledger.contents_with_its_md5(ANOTHER),
    "copy_of": lambda ledger: ledger.copy_of("main", SHA),
    "deliveries": lambda ledger: next(ledger.deliveries(), None),
    "steps": lambda ledger: ledger.steps("id-1"),
}


@pytest.mark.parametrize("what", ASKED)
def test_nothing_that_a_delivery_or_status_asks_goes_through_all_documents(
    tmp_path: Path, what: str
) -> None:
    with closing(opened(tmp_path)) as ledger:
        bring(ledger, ONE, State.FILED, **DELIVERED)

    with asked() as statements, closing(opened(tmp_path)) as ledger:
        opening = set(statements)
        ASKED[what](ledger)

    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        steps = {
            step
            for statement in statements.keys() - opening
            for step in plan(connection, statement, statements[statement])
        }
    through = {step for step in steps if re.search(r"\b(documents|events)\b", step)}
    assert through
    assert {step for step in through if not OF_FEW.search(step)} == set()


def opened(folder: Path) -> Ledger:
    return open_ledger(folder, "", now=Ticking(), set_aside=never)
