"""The way of a document that is too large, of which a smaller copy is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.describe import EInvoices, Rules
from ingestd.describe.embedded import Reading
from ingestd.errors import OutcomeUnknown, TooLarge, Unavailable
from ingestd.identity import ids_of
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from ingestd.sandbox.records import StoredInvoice
from ingestd.shrink import Shrunk
from ingestd.stages import LARGEST
from tests.collision import ONE, OTHER
from tests.intake.documents import png
from tests.workbench import CHECK, CREATE, LIST, Bench, new_ledger

MOST = 10_000  # bytes
LARGE = pdf("Invoice", padding=bytes(MOST))
SMALL = pdf("Invoice, smaller")
WHY = "It is too large even so."


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Shrinking:
    """Makes copies, each in no time and always the same."""

    copy: bytes = SMALL
    error: Exception | None = None
    times: int = 0

    def __call__(self, _: bytes) -> Shrunk:
        self.times += 1
        if self.error:
            raise self.error
        return Shrunk(self.copy, dpi=150, quality=60)


@pytest.fixture
def shrinking() -> Shrinking:
    return Shrinking()


@pytest.fixture
def bench(bench: Bench, shrinking: Shrinking) -> Bench:
    return with_stages(bench, max_size=MOST, shrink=shrinking)


@pytest.fixture(autouse=True)
def nothing_is_left_in_work(bench: Bench) -> Iterator[None]:
    yield
    assert list(bench.stages.workplace.folder.iterdir()) == []


def with_stages(bench: Bench, **changed: object) -> Bench:
    return replace(bench, stages=replace(bench.stages, **changed))  # type: ignore[arg-type]


def only_invoice(bench: Bench) -> StoredInvoice:
    (invoice,) = bench.kanbert.store.invoices()
    return invoice


def test_the_copy_is_sent_and_the_original_is_put_away(bench: Bench) -> None:
    filed = bench.carry(bench.claim(LARGE))

    invoice = only_invoice(bench)
    assert (invoice.md5, invoice.size) == (md5(SMALL), len(SMALL))
    assert invoice.external_id == ids_of(sha256(LARGE))[0]
    assert (bench.inbox / "done/invoice.pdf").read_bytes() == LARGE
    assert filed.outcome is Outcome.DELIVERED


def test_both_are_remembered(bench: Bench) -> None:
    filed = bench.carry(bench.claim(LARGE))

    assert (filed.size, filed.md5, filed.sha256) == (len(LARGE), md5(LARGE), sha256(LARGE))
    assert (filed.sent_size, filed.sent_md5) == (len(SMALL), md5(SMALL))
    assert filed.sent_sha256 == sha256(SMALL)
    notes = [note for _, _, note in bench.ledger.steps(filed.id)]
    assert "a copy, its images at 150 dpi and quality 60" in notes


def test_how_it_was_made_is_told_in_debug(bench: Bench) -> None:
    bench.carry(bench.claim(LARGE))

    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    (accepted,) = [line for line in lines if line["event"] == "document.accepted"]
    assert (accepted["sent_dpi"], accepted["sent_quality"]) == (150, 60)


def test_what_fits_is_sent_as_it_is(bench: Bench, shrinking: Shrinking) -> None:
    filed = bench.carry(bench.claim(SMALL))

    assert shrinking.times == 0
    assert (filed.sent_size, filed.sent_md5, filed.sent_sha256) == (None, "", "")
    assert only_invoice(bench).md5 == md5(SMALL)


def test_one_that_cannot_be_made_smaller_fails_with_the_reason(
    bench: Bench, shrinking: Shrinking
) -> None:
    shrinking.error = TooLarge(len(LARGE), MOST, WHY)

    failed = bench.carry(bench.claim(LARGE))

    said = (bench.inbox / "failed/invoice.pdf.reason.txt").read_text()
    assert failed.outcome is Outcome.FAILED
    assert f"{len(LARGE):,} bytes; more than 10,000 cannot be delivered. {WHY}" in said
    assert "Scan it with a lower resolution" in said
    assert (bench.inbox / "failed/invoice.pdf").read_bytes() == LARGE


UNREAD = pdf("Invoice", padding=bytes(MOST * LARGEST))


def test_one_that_is_ten_times_too_large_is_not_even_read(
    bench: Bench, shrinking: Shrinking
) -> None:
    failed = bench.carry(bench.claim(UNREAD))

    assert failed.outcome is Outcome.FAILED
    assert failed.md5 == ""
    assert shrinking.times == 0


def test_where_that_is_not_wanted_nothing_too_large_is_read(bench: Bench) -> None:
    plain = with_stages(bench, shrink=None)

    failed = plain.carry(plain.claim(LARGE))

    assert failed.outcome is Outcome.FAILED
    assert failed.md5 == ""


def test_what_is_no_pdf_is_not_made_smaller(bench: Bench, shrinking: Shrinking) -> None:
    strict = with_stages(bench, max_size=len(png()) - 1)

    failed = strict.carry(strict.claim(png(), "picture.png"))

    assert f"more than {len(png()) - 1:,} cannot be delivered." in failed.reason
    assert shrinking.times == 0


def test_where_nothing_can_be_made_smaller_now_the_document_waits(
    bench: Bench, shrinking: Shrinking
) -> None:
    shrinking.error = OSError("no process")

    waiting = bench.carry_until(OSError, bench.claim(LARGE))
    shrinking.error = None

    assert waiting.state is State.CLAIMED
    assert bench.carry(waiting).outcome is Outcome.DELIVERED


# ---- a second time -------------------------------------------------------------------------------


def test_the_original_is_recognised_and_not_made_smaller_again(
    bench: Bench, shrinking: Shrinking
) -> None:
    first = bench.carry(bench.claim(LARGE))

    again = bench.carry(bench.claim(LARGE, "again.pdf"))

    assert (again.outcome, again.invoice_id) == (Outcome.DUPLICATE, first.invoice_id)
    assert shrinking.times == 1
    assert bench.kanbert.journal.count(CREATE) == 1


@pytest.mark.parametrize("otherwise", [SMALL, pdf("Invoice, smaller otherwise")])
def test_without_a_ledger_the_original_becomes_no_second_invoice(
    bench: Bench, shrinking: Shrinking, tmp_path: Path, otherwise: bytes
) -> None:
    first = bench.carry(bench.claim(LARGE))
    lost = new_ledger(tmp_path / "another")
    forgetful = replace(with_stages(bench, ledger=lost), ledger=lost)
    shrinking.copy = otherwise

    again = forgetful.carry(forgetful.claim(LARGE, "again.pdf"))

    assert again.invoice_id == first.invoice_id
    assert bench.kanbert.store.count() == 1
    assert again.sent_md5 in {only_invoice(bench).md5, ""}
    lost.close()


def test_the_copy_itself_without_a_ledger_fails_and_says_that_nothing_may_be_to_do(
    bench: Bench, tmp_path: Path
) -> None:
    bench.carry(bench.claim(LARGE))
    lost = new_ledger(tmp_path / "another")
    forgetful = replace(with_stages(bench, ledger=lost), ledger=lost)

    failed = forgetful.carry(forgetful.claim(SMALL, "from Kanbert.pdf"))

    assert failed.outcome is Outcome.FAILED
    assert "that one was made of another file" in failed.reason
    assert "If this is the smaller copy of a document that was too large" in failed.advice
    lost.close()


def test_a_copy_that_was_sent_before_is_not_forgotten(bench: Bench) -> None:
    unknown = not_answered(bench)
    absent = f'{{"hash": "{md5(SMALL)}", "exists": false, "duplicates": []}}'
    headers = {"Content-Type": "application/json"}
    for _ in range(2):  # asked what became of it, and before it is created again
        bench.kanbert.faults.add(Fault(operation=CHECK, status=200, headers=headers, body=absent))
    nothing = Fault(operation=LIST, status=200, headers=headers, body='{"data": []}')
    bench.kanbert.faults.add(nothing)

    filed = bench.carry(unknown)

    assert (filed.outcome, filed.attempts) == (Outcome.DELIVERED, 2)
    assert filed.sent_md5 == md5(SMALL)


def test_the_copy_itself_is_recognised(bench: Bench) -> None:
    bench.carry(bench.claim(LARGE))

    again = bench.carry(bench.claim(SMALL, "from Kanbert.pdf"))

    assert again.outcome is Outcome.DUPLICATE


def test_the_original_is_recognised_where_somebody_else_entered_the_copy(bench: Bench) -> None:
    bench.carry(bench.claim(SMALL, "by mail.pdf"))

    again = bench.carry(bench.claim(LARGE))

    assert again.outcome is Outcome.DUPLICATE


@pytest.mark.parametrize(("copy", "other"), [(ONE, OTHER), (OTHER, ONE)])
def test_another_document_with_the_copy_s_md5_is_taken_for_neither(
    bench: Bench, shrinking: Shrinking, copy: bytes, other: bytes
) -> None:
    shrinking.copy = copy
    bench.carry(bench.claim(LARGE))

    failed = bench.carry(bench.claim(other, "other.pdf"))

    assert failed.outcome is Outcome.FAILED
    assert "same MD5" in failed.reason


def test_it_is_made_anew_where_its_invoice_was_deleted(bench: Bench, shrinking: Shrinking) -> None:
    bench.carry(bench.claim(LARGE))
    bench.kanbert.store.delete(only_invoice(bench).id)

    again = bench.carry(bench.claim(LARGE, "again.pdf"))

    invoice = only_invoice(bench)
    assert again.outcome is Outcome.DELIVERED
    assert (invoice.md5, invoice.external_id) == (md5(SMALL), ids_of(sha256(LARGE))[1])
    assert shrinking.times == 2


# ---- what goes wrong meanwhile -------------------------------------------------------------------


def not_answered(bench: Bench) -> Document:
    """Claim a document whose create is carried out, and never answered."""
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    return bench.carry_until(OutcomeUnknown, bench.claim(LARGE))


def test_a_create_that_was_not_answered_is_asked_after_by_the_copy(bench: Bench) -> None:
    unknown = not_answered(bench)
    bench.kanbert.journal.clear()

    filed = bench.carry(unknown)

    assert filed.outcome is Outcome.DELIVERED
    asked = [entry.operation for entry in bench.kanbert.journal.entries()]
    assert asked == [CHECK, "getIncomingInvoice"]


def test_it_is_asked_after_by_external_id_where_the_copy_is_not_known_yet(bench: Bench) -> None:
    unknown = not_answered(bench)
    absent = f'{{"hash": "{md5(SMALL)}", "exists": false, "duplicates": []}}'
    headers = {"Content-Type": "application/json"}
    bench.kanbert.faults.add(Fault(operation=CHECK, status=200, headers=headers, body=absent))

    filed = bench.carry(unknown)

    assert (filed.outcome, filed.invoice_id) == (Outcome.DELIVERED, only_invoice(bench).id)


@pytest.mark.parametrize("otherwise", [SMALL, pdf("Invoice, smaller otherwise")])
def test_after_a_start_the_copy_is_made_again_and_remembered_as_it_is_sent(
    bench: Bench, shrinking: Shrinking, otherwise: bytes
) -> None:
    bench.kanbert.faults.add(Fault(status=503, operation=CREATE))
    accepted = bench.carry_until(Unavailable, bench.claim(LARGE))
    shrinking.copy = otherwise

    filed = bench.carry(accepted)

    assert only_invoice(bench).md5 == filed.sent_md5 == md5(otherwise)


def test_with_a_larger_max_size_after_a_start_it_is_sent_as_it_is(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(status=503, operation=CREATE))
    accepted = bench.carry_until(Unavailable, bench.claim(LARGE))

    filed = with_stages(bench, max_size=len(LARGE)).carry(accepted)

    assert only_invoice(bench).md5 == md5(LARGE)
    assert (filed.sent_size, filed.sent_md5, filed.sent_sha256) == (None, "", "")


def test_one_that_cannot_be_made_smaller_any_more_fails_with_the_reason(
    bench: Bench, shrinking: Shrinking
) -> None:
    bench.kanbert.faults.add(Fault(status=503, operation=CREATE))
    accepted = bench.carry_until(Unavailable, bench.claim(LARGE))
    shrinking.error = TooLarge(len(LARGE), MOST, WHY)

    failed = bench.carry(accepted)

    assert failed.outcome is Outcome.FAILED
    assert WHY in failed.reason


def test_one_whose_copy_is_remembered_and_cannot_be_made_again_fails_with_the_reason(
    bench: Bench, shrinking: Shrinking
) -> None:
    bench.carry(bench.claim(LARGE))
    bench.kanbert.store.delete(only_invoice(bench).id)
    shrinking.error = TooLarge(len(LARGE), MOST, WHY)

    failed = bench.carry(bench.claim(LARGE, "again.pdf"))

    assert failed.outcome is Outcome.FAILED
    assert WHY in failed.reason


def test_the_e_invoice_is_read_in_the_original(bench: Bench) -> None:
    read = list[bytes]()

    def reading(document: bytes) -> Reading:
        read.append(document)
        return Reading()

    strict = with_stages(bench, rules=Rules(einvoices=EInvoices(reading, reading)))

    strict.carry(strict.claim(LARGE))

    assert read == [LARGE]
