"""Reading what became of all documents, a piece at a time."""

from __future__ import annotations

from pathlib import Path

from ingestd.ledger import Delivery
from ingestd.model import Outcome, State
from tests.ledger.documents import NOON, bring, document
from tests.workbench import new_ledger


def test_every_document_is_told_once_however_small_the_pieces(
    tmp_path: Path, ledger_url: str
) -> None:
    ledger = new_ledger(tmp_path, ledger_url)
    for number in range(1, 6):
        ledger.add(document(number))

    told = [one.id for one in ledger.deliveries(piece=2)]

    assert sorted(told) == [f"id-{number}" for number in range(1, 6)]
    ledger.close()


def test_what_became_of_a_document_is_told(tmp_path: Path, ledger_url: str) -> None:
    ledger = new_ledger(tmp_path, ledger_url)
    facts = {"outcome": Outcome.DELIVERED, "invoice_id": "42", "size": 3, "sha256": "5a"}
    facts["external_id"] = "e"
    one = bring(ledger, document(name="b\udcff.pdf"), State.UPLOADED, **facts)
    ledger.plan(one, "/done/b\udcff.pdf")

    (told,) = ledger.deliveries()

    assert told._replace(updated_at=NOON) == Delivery(
        "id-1",
        "main",
        "scanner",
        "b\udcff.pdf",
        State.UPLOADED,
        NOON,
        3,
        "5a",
        "e",
        Outcome.DELIVERED,
        "42",
        "/done/b\udcff.pdf",
        "",
    )
    ledger.close()
