"""Documents that Kanbert, which goes by MD5 alone, cannot tell apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.errors import AskLater, OutcomeUnknown
from ingestd.identity import MOST_DUPLICATES_ASKED, is_taken_for_another
from ingestd.kanbert import Invoice
from ingestd.model import Document, Outcome
from ingestd.sandbox import Fault, Kind, NewInvoice
from tests.collision import ONE, OTHER
from tests.ledger.documents import document
from tests.workbench import CHECK, CREATE, Bench, new_ledger


def test_the_two_documents_of_these_tests_differ_and_have_the_same_md5() -> None:
    assert hashlib.md5(ONE).digest() == hashlib.md5(OTHER).digest()
    assert hashlib.sha256(ONE).digest() != hashlib.sha256(OTHER).digest()


def test_a_document_with_the_md5_of_another_fails_and_says_so(bench: Bench) -> None:
    bench.carry(bench.claim(ONE, "one.pdf"))

    filed = bench.carry(bench.claim(OTHER, "other.pdf"))

    what, advice, *_ = (bench.inbox / "failed/other.pdf.reason.txt").read_text().splitlines()
    assert filed.outcome is Outcome.FAILED
    assert "same MD5" in what
    assert "print it to a new PDF" in advice
    assert (bench.inbox / "failed/other.pdf").read_bytes() == OTHER
    assert bench.kanbert.journal.count(CREATE) == 1


def test_the_one_that_was_delivered_is_a_duplicate_still(bench: Bench) -> None:
    bench.carry(bench.claim(ONE, "one.pdf"))
    bench.carry(bench.claim(OTHER, "other.pdf"))

    again = bench.carry(bench.claim(ONE, "one again.pdf"))
    other_again = bench.carry(bench.claim(OTHER, "other again.pdf"))

    assert (again.outcome, other_again.outcome) == (Outcome.DUPLICATE, Outcome.FAILED)


def test_a_lost_ledger_takes_no_document_for_another(bench: Bench, tmp_path: Path) -> None:
    bench.carry(bench.claim(ONE, "one.pdf"))
    lost = new_ledger(tmp_path / "another")
    forgetful = replace(bench, ledger=lost, stages=replace(bench.stages, ledger=lost))

    filed = forgetful.carry(forgetful.claim(OTHER, "other.pdf"))

    assert filed.outcome is Outcome.FAILED
    lost.close()


def test_what_somebody_else_delivered_is_a_duplicate_until_a_second_content_shows(
    bench: Bench,
) -> None:
    _delivered_by_hand(bench, ONE)

    first = bench.carry(bench.claim(ONE, "one.pdf"))
    second = bench.carry(bench.claim(OTHER, "other.pdf"))

    assert (first.outcome, second.outcome) == (Outcome.DUPLICATE, Outcome.FAILED)


def _delivered_by_hand(bench: Bench, content: bytes) -> None:
    md5 = hashlib.md5(content).hexdigest()
    bench.kanbert.store.add(NewInvoice(md5=md5, sha256="", size=len(content)))


def _unanswered(bench: Bench) -> Document:
    """A create without an answer; then the other document of its MD5 is delivered."""
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim(OTHER, "other.pdf"))
    bench.carry(bench.claim(ONE, "one.pdf"))
    return unknown


def test_a_create_without_an_answer_is_not_taken_for_the_other_document(bench: Bench) -> None:
    filed = bench.carry(_unanswered(bench))

    assert filed.outcome is Outcome.FAILED
    assert "same MD5" in filed.reason


def test_a_create_that_may_still_be_carried_out_is_waited_for_first(bench: Bench) -> None:
    unknown = _unanswered(bench)
    bench.doubtful.add(unknown.id)

    bench.carry_until(AskLater, unknown)

    assert not (bench.inbox / "failed").exists()


def test_our_own_invoice_is_found_behind_many_others_of_its_md5(bench: Bench) -> None:
    for _ in range(MOST_DUPLICATES_ASKED):
        _delivered_by_hand(bench, ONE)
    absent = json.dumps({"hash": hashlib.md5(ONE).hexdigest(), "exists": False, "duplicates": []})
    bench.kanbert.faults.add(Fault(operation=CHECK, status=200, body=absent))
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim(ONE))

    assert bench.carry(unknown).outcome is Outcome.DELIVERED


THIS, THAT, COPIED = "ab" * 32, "cd" * 32, "ef" * 32
DELIVERED, DUPLICATE, FAILED = Outcome.DELIVERED, Outcome.DUPLICATE, Outcome.FAILED
_CASES: list[tuple[Sequence[str | None], Any, bool]] = [
    ([], set(), False),
    ([None], set(), False),
    (["erp-17"], set(), False),
    ([f"ingestd-{THIS}"], set(), False),
    ([f"ingestd-{THIS}-2"], set(), False),
    ([f"ingestd-{THAT}"], set(), True),
    ([f"ingestd-{THAT}-2"], set(), True),
    (["erp-17", f"ingestd-{THAT}"], set(), True),
    ([f"ingestd-{THAT}-3"], set(), False),
    ([], {(THIS, None), (THIS, FAILED)}, False),
    ([], {(THAT, DELIVERED)}, True),
    ([], {(THAT, DUPLICATE)}, True),
    ([], {(THAT, FAILED)}, True),
    ([], {(THAT, None)}, True),
    ([], {(THAT, DELIVERED), (THIS, FAILED)}, True),
    ([], {(THAT, DELIVERED), (THIS, DELIVERED)}, False),
    ([f"ingestd-{THAT}"], {(THAT, DELIVERED), (THIS, DUPLICATE)}, False),
]


@pytest.mark.parametrize(("ids", "earlier", "expected"), _CASES)
def test_another_content_shows_in_the_ledger_or_in_the_ids_of_the_invoices(
    ids: Sequence[str | None], earlier: set[tuple[str, Outcome | None]], expected: bool
) -> None:
    invoices = [Invoice(id=str(number), external_id=id_) for number, id_ in enumerate(ids)]

    assert is_taken_for_another(document(sha256=THIS), invoices, earlier) is expected


@pytest.mark.parametrize(
    ("ids", "earlier", "expected"),
    [
        ([f"ingestd-{THIS}"], set(), False),
        ([f"ingestd-{THIS}"], {(COPIED, FAILED)}, False),
        ([f"ingestd-{THAT}"], {(COPIED, DELIVERED)}, False),
        ([f"ingestd-{THAT}"], {(COPIED, FAILED)}, True),
        ([], {(THAT, DELIVERED)}, True),
    ],
)
def test_of_one_whose_copy_is_sent_either_content_is_its_own(
    ids: Sequence[str], earlier: set[tuple[str, Outcome | None]], expected: bool
) -> None:
    invoices = [Invoice(id=str(number), external_id=id_) for number, id_ in enumerate(ids)]
    large = document(sha256=THIS, sent_sha256=COPIED)

    assert is_taken_for_another(large, invoices, earlier) is expected
