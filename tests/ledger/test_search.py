"""Finding documents by what a person knows of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql

from ingestd.ledger import Ledger, Wanted
from ingestd.ledger.schema import documents
from ingestd.ledger.search import matching
from ingestd.model import Outcome, State
from tests.ledger.documents import NOON, bring, document
from tests.workbench import new_ledger

NAMES = ["acme/Invoice 1.pdf", "100%_off.pdf", "back\\slash.pdf", os.fsdecode(b"caf\xe9.pdf")]


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str) -> Iterator[Ledger]:
    ledger = new_ledger(tmp_path, ledger_url)
    for number, name in enumerate(NAMES):
        at = NOON + timedelta(hours=number)
        sent = f"{number + 100:032x}"
        md5 = f"{number:032x}"
        ledger.add(document(number, name=name, updated_at=at, md5=md5, sent_md5=sent))
    yield ledger
    ledger.close()


def names(ledger: Ledger, wanted: Wanted) -> list[str]:
    return [one.name for one in ledger.search(wanted)]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("acme/Invoice 1.pdf", 0),
        ("Invoice 1.pdf", 0),
        ("invoice*", 0),
        ("100%_off.pdf", 1),
        ("100?_off.pdf", 1),
        ("back\\slash.pdf", 2),
        (NAMES[3], 3),
        ("caf?.pdf", 3),
        ("id-2", 2),
        (f"{1:032X}", 1),
        (f"{101:032X}", 1),
    ],
)
def test_a_document_is_found_by_its_name_its_hash_or_its_id(
    ledger: Ledger, text: str, index: int
) -> None:
    assert names(ledger, Wanted(text)) == [NAMES[index]]


@pytest.mark.parametrize("text", ["nvoice 1.pdf", "100__off.pdf", "1", "%", "'; DROP TABLE x"])
def test_what_only_looks_alike_is_not_found(ledger: Ledger, text: str) -> None:
    assert names(ledger, Wanted(text)) == []


def test_a_server_is_asked_for_a_name_without_regard_to_case() -> None:
    asked = matching(Wanted("invoice*"), documents, sqlite=False)

    assert " ILIKE " in str(asked.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def test_those_that_went_on_last_come_first_and_not_more_than_asked_for(ledger: Ledger) -> None:
    assert names(ledger, Wanted()) == NAMES[::-1]
    assert names(ledger, Wanted(limit=2)) == [NAMES[3], NAMES[2]]


def test_what_went_on_before_a_time_is_left_out(ledger: Ledger) -> None:
    assert names(ledger, Wanted(since=NOON + timedelta(hours=2))) == [NAMES[3], NAMES[2]]


def test_an_inbox_a_state_or_an_outcome_can_be_asked_for(ledger: Ledger) -> None:
    ledger.add(document(7, name="other.pdf", inbox="other"))
    bring(ledger, document(8, name="failed.pdf"), State.FAILED, outcome=Outcome.FAILED)
    uploaded, failed = frozenset({State.UPLOADED}), frozenset({Outcome.FAILED})

    assert names(ledger, Wanted(inbox="other")) == ["other.pdf"]
    assert names(ledger, Wanted(outcomes=failed)) == ["failed.pdf"]
    assert names(ledger, Wanted(states=uploaded, outcomes=failed)) == ["failed.pdf"]
    assert names(ledger, Wanted(states=uploaded)) == []
