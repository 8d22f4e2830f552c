"""An external_id that a document's sender gave it, in a sidecar, in place of ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.errors import AskLater, OutcomeUnknown, UnfitDocument
from ingestd.identity import given_id, next_id
from ingestd.kanbert import BearerToken, Invoice, Kanbert, RetryPolicy
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.collision import ONE, OTHER
from tests.ledger.documents import document
from tests.workbench import CHECK, CREATE, INVOICE, LIST, Bench, new_ledger

ANOTHER = pdf("Invoice R-2")
OURS = f"ingestd-{hashlib.sha256(INVOICE).hexdigest()}"
DELIVERED, DUPLICATE, FAILED = Outcome.DELIVERED, Outcome.DUPLICATE, Outcome.FAILED


def claim(bench: Bench, external_id: str, content: bytes = INVOICE) -> Document:
    said = json.dumps({"external_id": external_id})
    return bench.claim(content, sidecars={"invoice.json": said})


def carried(bench: Bench, external_id: str, content: bytes = INVOICE) -> Document:
    return bench.carry(claim(bench, external_id, content))


def external_ids(bench: Bench) -> list[str | None]:
    return [invoice.external_id for invoice in bench.kanbert.store.invoices()]


def absent(content: bytes = INVOICE) -> Fault:
    """Kanbert does not know a content yet, though it has it."""
    md5 = hashlib.md5(content).hexdigest()
    body = json.dumps({"hash": md5, "exists": False, "duplicates": []})
    return Fault(operation=CHECK, status=200, body=body)


@pytest.fixture
def forgetful(bench: Bench, tmp_path: Path) -> Iterator[Bench]:
    """The same inbox, and nothing is remembered of it."""
    lost = new_ledger(tmp_path / "another")
    yield replace(bench, ledger=lost, stages=replace(bench.stages, ledger=lost), claimed=100)
    lost.close()


def test_it_is_what_kanbert_knows_the_document_by(bench: Bench) -> None:
    filed = carried(bench, " erp-17 ")

    assert (filed.outcome, filed.external_id) == (DELIVERED, "erp-17")
    assert external_ids(bench) == ["erp-17"]


@pytest.mark.parametrize("given", ["", None])
def test_an_empty_one_is_none(bench: Bench, given: str | None) -> None:
    said = json.dumps({"external_id": given})

    bench.carry(bench.claim(sidecars={"invoice.json": said}))

    assert external_ids(bench) == [OURS]


def test_it_is_remembered_before_anything_is_sent(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=503))

    accepted = bench.carry_until(Exception, claim(bench, "erp-17"))

    assert (accepted.state, accepted.external_id) == (State.ACCEPTED, "erp-17")
    bench.carry(accepted)


def test_another_content_with_the_same_one_fails_and_names_the_invoice(bench: Bench) -> None:
    first = carried(bench, "erp-17")

    second = carried(bench, "erp-17", ANOTHER)

    assert second.outcome is FAILED
    assert first.invoice_id in second.reason
    assert "erp-17" in second.reason
    assert external_ids(bench) == ["erp-17"]
    assert sorted(path.name for path in (bench.inbox / "failed").iterdir()) == [
        "invoice.json",
        "invoice.pdf",
        "invoice.pdf.reason.txt",
    ]


def test_while_an_invoice_that_has_it_may_yet_prove_ours_one_warning_says_so(bench: Bench) -> None:
    first = carried(bench, "erp-17")
    second = claim(bench, "erp-17", ANOTHER)
    bench.doubtful.add(second.id)

    for _ in range(2):
        second = bench.carry_until(AskLater, second)

    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    (said,) = [line for line in lines if line["event"] == "document.ambiguous"]
    assert said["level"] == "warning"
    assert f'"erp-17" already, {first.invoice_id}' in said["error"]
    bench.doubtful.clear()
    bench.carry(second)


def test_another_content_with_the_same_one_fails_also_without_a_memory(
    bench: Bench, forgetful: Bench
) -> None:
    carried(bench, "erp-17")

    assert carried(forgetful, "erp-17", ANOTHER).outcome is FAILED


def test_a_create_that_was_never_answered_is_recognised_by_it(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, claim(bench, "erp-17"))

    filed = bench.carry(unknown)

    assert filed.outcome is DELIVERED
    assert external_ids(bench) == ["erp-17"]


def test_a_create_that_came_to_nothing_is_repeated_with_it(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    unknown = bench.carry_until(OutcomeUnknown, claim(bench, "erp-17"))

    assert bench.carry(unknown).outcome is DELIVERED
    assert external_ids(bench) == ["erp-17"]


def test_a_create_carried_out_late_is_waited_for_until_its_content_shows(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, claim(bench, "erp-17"))
    bench.doubtful.add(unknown.id)
    bench.kanbert.faults.add(absent())

    bench.carry_until(AskLater, unknown)

    assert bench.carry(unknown).outcome is DELIVERED
    assert bench.kanbert.journal.count(CREATE) == 1


def test_an_invoice_that_took_it_is_ours_once_its_content_shows(bench: Bench) -> None:
    """As when our first create is carried out just before it is repeated."""
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, claim(bench, "erp-17"))
    none = Fault(operation=LIST, status=200, body='{"data": [], "links": [], "meta": {}}')
    bench.kanbert.faults.add(absent(), none, absent())

    assert bench.carry(unknown).outcome is DELIVERED
    assert external_ids(bench) == ["erp-17"]


def test_an_invoice_of_another_content_that_took_it_meanwhile_is_not_taken_for_ours(
    bench: Bench,
) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    unknown = bench.carry_until(OutcomeUnknown, claim(bench, "erp-17"))
    other = carried(bench, "erp-17", ANOTHER)
    bench.doubtful.add(unknown.id)

    bench.carry_until(AskLater, unknown)
    bench.doubtful.clear()
    filed = bench.carry(unknown)

    assert (other.outcome, filed.outcome) == (DELIVERED, FAILED)
    assert other.invoice_id in filed.reason


def test_one_used_up_by_a_deleted_invoice_gets_a_suffix_once(bench: Bench) -> None:
    for expected in ("erp-17", "erp-17-2"):
        filed = carried(bench, "erp-17")
        assert (filed.outcome, filed.external_id) == (DELIVERED, expected)
        bench.kanbert.store.delete(filed.invoice_id)

    assert carried(bench, "erp-17").outcome is FAILED
    assert carried(bench, "erp-17", ANOTHER).outcome is FAILED


def test_one_without_room_for_a_suffix_fails_once_it_is_used_up(bench: Bench) -> None:
    long = "x" * 254
    bench.kanbert.store.delete(carried(bench, long).invoice_id)

    assert carried(bench, long).outcome is FAILED


ORDERS = pytest.mark.parametrize(("first", "second"), [("erp-17", ""), ("", "erp-17")])


@ORDERS
def test_one_content_with_ours_and_with_the_sender_s_is_one_invoice(
    bench: Bench, first: str, second: str
) -> None:
    one, other = carried(bench, first), carried(bench, second)

    assert (one.outcome, other.outcome) == (DELIVERED, DUPLICATE)
    assert other.invoice_id == one.invoice_id
    assert bench.kanbert.store.count() == 1


@ORDERS
def test_it_is_one_invoice_although_its_hash_is_not_known_yet(
    bench: Bench, first: str, second: str
) -> None:
    one = carried(bench, first)
    bench.kanbert.faults.add(absent())

    other = carried(bench, second)

    assert (other.outcome, other.invoice_id) == (DUPLICATE, one.invoice_id)
    assert bench.kanbert.store.count() == 1


def test_it_is_made_anew_where_the_one_with_another_id_was_deleted(bench: Bench) -> None:
    bench.kanbert.store.delete(carried(bench, "erp-17").invoice_id)

    assert carried(bench, "").outcome is DELIVERED
    assert external_ids(bench) == [OURS]


def test_nobody_is_asked_for_what_kanbert_itself_does_not_make_twice(bench: Bench) -> None:
    bench.kanbert.store.delete(carried(bench, "").invoice_id)

    carried(bench, "")

    assert bench.kanbert.journal.count("getIncomingInvoice") == 0


def test_what_another_delivered_just_before_a_create_is_not_created_again(bench: Bench) -> None:
    class Slow(Kanbert):
        """Another document with this content is delivered while this one is looked for."""

        def find(self, external_id: str) -> Invoice | None:
            found = super().find(external_id)
            if not bench.kanbert.store.count():
                carried(bench, "")
            return found

    address, token = bench.kanbert.base_url, BearerToken(bench.kanbert.token)
    with Slow(address, token, retry=RetryPolicy(attempts=1)) as slow:
        stages = replace(bench.stages, kanbert=slow)
        filed = carried(replace(bench, stages=stages, claimed=100), "erp-17")

    assert filed.outcome is DUPLICATE
    assert external_ids(bench) == [OURS]


def test_our_earlier_attempt_is_recovered_when_the_ledger_was_lost(
    bench: Bench, forgetful: Bench
) -> None:
    first = carried(bench, "erp-17")

    second = carried(forgetful, "erp-17")

    assert (second.outcome, second.invoice_id) == (DELIVERED, first.invoice_id)
    assert bench.kanbert.store.count() == 1


def test_two_contents_with_one_md5_and_one_id_are_not_taken_for_each_other(bench: Bench) -> None:
    carried(bench, "erp-17", ONE)

    filed = carried(bench, "erp-17", OTHER)

    assert filed.outcome is FAILED
    assert "same MD5" in filed.reason


@pytest.mark.parametrize("said", ["INGESTD-17", f"{OURS}", "a\tb", "a\nb"])
def test_one_that_could_be_ours_or_that_no_line_shows_is_refused(said: str) -> None:
    with pytest.raises(UnfitDocument, match="external_id"):
        given_id(said)


NEXT = {
    "ours": ("", OURS, f"{OURS}-2"),
    "our second": ("", f"{OURS}-2", ""),
    "theirs": ("erp-17", "erp-17", "erp-17-2"),
    "their second": ("erp-17", "erp-17-2", ""),
    "theirs that looks like a second": ("erp-2", "erp-2", "erp-2-2"),
    "theirs that is not said any more": ("", "erp-17", ""),
}


@pytest.mark.parametrize(("given", "used_up", "expected"), NEXT.values(), ids=NEXT)
def test_a_used_up_id_is_followed_by_one_other(given: str, used_up: str, expected: str) -> None:
    of_it = replace(document(), sha256=OURS.removeprefix("ingestd-"), external_id=used_up)

    assert next_id(of_it, given) == expected
