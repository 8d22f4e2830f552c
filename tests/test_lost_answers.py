"""A create whose answer never came, or said something else; an external_id that is taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingestd.errors import OutcomeUnknown
from ingestd.kanbert import BearerToken, Kanbert, RetryPolicy
from ingestd.model import Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.workbench import CHECK, CREATE, INVOICE, LIST, Bench

GET = "getIncomingInvoice"
MD5, SHA256 = hashlib.md5(INVOICE).hexdigest(), hashlib.sha256(INVOICE).hexdigest()
OURS, SECOND = f"ingestd-{SHA256}", f"ingestd-{SHA256}-2"


@pytest.fixture
def hasty(bench: Bench) -> Iterator[Bench]:
    """A bench whose client does not wait long for an answer."""
    token = BearerToken(bench.kanbert.token)
    once = RetryPolicy(attempts=1)
    with Kanbert(bench.kanbert.base_url, token, timeout=0.5, retry=once) as client:
        yield replace(bench, stages=replace(bench.stages, kanbert=client))


def operations(bench: Bench) -> list[str]:
    return [entry.operation for entry in bench.kanbert.journal.entries()]


def created(body: Any) -> Fault:
    """A create that is answered so, and not carried out."""
    said = body if isinstance(body, str) else json.dumps(body)
    return Fault(operation=CREATE, status=201, body=said)


def refused(status: int, **errors: list[str]) -> Fault:
    body = json.dumps({"message": "The given data was invalid.", "errors": errors})
    return Fault(operation=CREATE, status=status, body=body)


NOTHING_MADE = {
    "a reset after the body": Fault(kind=Kind.RESET_AFTER_BODY, operation=CREATE),
    "500": Fault(operation=CREATE, status=500),
    "502": Fault(operation=CREATE, status=502),
    "504": Fault(operation=CREATE, status=504),
    "nothing at all": created(""),
    "no JSON": created("created!"),
    "a page": created("<html>"),
    "no object": created([1]),
    "no id": created({"external_id": OURS}),
    "an empty id": created({"id": ""}),
    "an id of true": created({"id": True}),
    "an id of 1.5": created({"id": 1.5}),
    "an id in a list": created({"id": ["a"]}),
    "an id in two lines": created({"id": "a\nb"}),
    "a path for an id": created({"id": ".."}),
    "an endless id": created({"id": "a" * 10_000}),
    "deep JSON": created("[" * 100_000),
    "a huge number": created('{"id": "a", "sum_net": 1e99999999999999999999}'),
    "another's invoice": created({"id": "a", "external_id": "ingestd-" + "0" * 64}),
}


@pytest.mark.parametrize("fault", NOTHING_MADE.values(), ids=NOTHING_MADE)
def test_it_is_asked_for_by_hash_and_external_id_and_then_created_with_the_same_id(
    bench: Bench, fault: Fault
) -> None:
    bench.kanbert.faults.add(fault)
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())

    filed = bench.carry(unknown)

    assert unknown.state is State.UNKNOWN
    assert operations(bench) == [CHECK, CREATE, CHECK, LIST, CHECK, CREATE]
    assert (filed.outcome, filed.external_id) == (Outcome.DELIVERED, OURS)
    (invoice,) = bench.kanbert.store.invoices()
    assert (invoice.id, invoice.external_id) == (filed.invoice_id, OURS)


MADE = {
    "dropped": Kind.COMMIT_THEN_DROP,
    "garbled": Kind.COMMIT_THEN_GARBLE,
    "hanging": Kind.COMMIT_THEN_HANG,
}


@pytest.mark.parametrize("kind", MADE.values(), ids=MADE)
def test_an_invoice_that_was_made_is_found_and_not_made_again(hasty: Bench, kind: Kind) -> None:
    hasty.kanbert.faults.add(Fault(kind=kind, operation=CREATE))
    unknown = hasty.carry_until(OutcomeUnknown, hasty.claim())

    filed = hasty.carry(unknown)

    assert unknown.state is State.UNKNOWN
    assert operations(hasty) == [CHECK, CREATE, CHECK, GET]
    assert filed.outcome is Outcome.DELIVERED
    assert [invoice.id for invoice in hasty.kanbert.store.invoices()] == [filed.invoice_id]


def absent() -> Fault:
    body = json.dumps({"hash": MD5, "exists": False, "duplicates": []})
    return Fault(operation=CHECK, status=200, body=body)


def test_an_invoice_that_its_hash_does_not_find_is_found_by_external_id(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    bench.kanbert.faults.add(absent())

    filed = bench.carry(unknown)

    assert operations(bench) == [CHECK, CREATE, CHECK, LIST]
    assert (filed.outcome, bench.kanbert.store.count()) == (Outcome.DELIVERED, 1)


def test_a_create_carried_out_between_the_last_look_and_its_repetition_stays_one(
    bench: Bench,
) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    none = Fault(operation=LIST, status=200, body='{"data": [], "links": [], "meta": {}}')
    bench.kanbert.faults.add(absent(), none, absent())  # as it was just before

    filed = bench.carry(unknown)

    assert operations(bench) == [CHECK, CREATE, CHECK, LIST, CHECK, CREATE, LIST]
    assert bench.kanbert.journal.entries(CREATE)[1].status == 422
    assert filed.outcome is Outcome.DELIVERED
    assert [invoice.id for invoice in bench.kanbert.store.invoices()] == [filed.invoice_id]


TAKEN = {
    "422": refused(422, external_id=["taken"]),
    "409": Fault(operation=CREATE, status=409),
    "422 among others": refused(422, supplier_id=["unknown"], external_id=["taken"]),
}


@pytest.mark.parametrize("fault", TAKEN.values(), ids=TAKEN)
def test_a_taken_id_is_looked_up_and_ours_is_delivered(bench: Bench, fault: Fault) -> None:
    """As when another machine created it just after it was checked here."""
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE), fault)
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    accepted = bench.ledger.advance(unknown, State.ACCEPTED)
    bench.kanbert.faults.add(absent())

    filed = bench.carry(accepted)

    assert (filed.outcome, filed.external_id) == (Outcome.DELIVERED, OURS)
    assert [invoice.id for invoice in bench.kanbert.store.invoices()] == [filed.invoice_id]


@pytest.mark.parametrize("fault", TAKEN.values(), ids=TAKEN)
def test_a_taken_id_that_no_invoice_has_gets_a_suffix_once(bench: Bench, fault: Fault) -> None:
    bench.kanbert.faults.add(fault)

    filed = bench.carry(bench.claim())

    assert operations(bench) == [CHECK, CREATE, LIST, CHECK, CREATE]
    assert (filed.outcome, filed.external_id) == (Outcome.DELIVERED, SECOND)
    assert [invoice.external_id for invoice in bench.kanbert.store.invoices()] == [SECOND]


@pytest.mark.parametrize("fault", TAKEN.values(), ids=TAKEN)
def test_both_ids_taken_and_no_invoice_found_is_a_failure_that_says_so(
    bench: Bench, fault: Fault
) -> None:
    bench.kanbert.faults.add(replace(fault, times=2))

    filed = bench.carry(bench.claim())

    assert operations(bench) == [CHECK, CREATE, LIST, CHECK, CREATE, LIST]
    assert filed.outcome is Outcome.FAILED
    reason = (bench.inbox / "failed" / "invoice.pdf.reason.txt").read_text().splitlines()
    assert reason[0].startswith("Kanbert did not create the invoice: ")
    assert "deleted" in reason[1]


def test_what_is_wrong_beside_a_taken_id_is_told_in_the_end(bench: Bench) -> None:
    bench.kanbert.faults.add(
        refused(422, external_id=["taken"], supplier_id=["unknown"]),
        refused(422, supplier_id=["The supplier is unknown."]),
    )

    filed = bench.carry(bench.claim())

    assert filed.outcome is Outcome.FAILED
    assert "supplier_id: The supplier is unknown." in filed.reason
    assert bench.kanbert.store.count() == 0


def test_a_create_with_the_suffix_that_was_never_answered_is_asked_for_by_that_id(
    bench: Bench,
) -> None:
    dropped = Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE)
    bench.kanbert.faults.add(TAKEN["409"], dropped)
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    bench.kanbert.faults.add(absent())

    filed = bench.carry(unknown)

    assert (filed.outcome, filed.external_id) == (Outcome.DELIVERED, SECOND)
    assert bench.kanbert.store.count() == 1
