"""One document's way, against a Kanbert on a real socket."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.cli.samples import pdf
from ingestd.describe import NamePattern, Rules, SearchApart
from ingestd.describe.search import search
from ingestd.errors import (
    AccountTrouble,
    AskLater,
    ContentUnderWay,
    FolderUnusable,
    KanbertError,
    OutcomeUnknown,
    Unavailable,
)
from ingestd.kanbert import BearerToken, DuplicateCheck, Kanbert
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.hardship import where_the_disk_answers
from tests.workbench import CHECK, CREATE, INVOICE, LIST, Bench, new_ledger


def test_a_new_document_becomes_an_invoice_and_goes_to_done(bench: Bench) -> None:
    filed = bench.carry(bench.claim())

    assert filed.outcome is Outcome.DELIVERED
    assert bench.states(filed) == ["claimed", "accepted", "uploading", "uploaded", "filed"]
    assert (bench.inbox / "done" / "invoice.pdf").read_bytes() == INVOICE
    assert [invoice.id for invoice in bench.kanbert.store.invoices()] == [filed.invoice_id]


def test_an_invoice_carries_the_inbox_s_fields_and_a_title_from_the_name(bench: Bench) -> None:
    bench.carry(bench.claim(name="Acme_2026 01.pdf"))

    (invoice,) = bench.kanbert.store.invoices()
    assert (invoice.title, invoice.tags, invoice.external_origin) == (
        "Acme 2026 01",
        ("scanner",),
        "ingestd",
    )


def test_an_invoice_carries_what_its_folders_and_its_name_say(bench: Bench) -> None:
    pattern = NamePattern(r"^(?P<date_of_invoice>[\d.]+)_(?P<net_value>[\d.,]+)_", search)
    rules = Rules({"tags": ["scanner"]}, folders_are_tags=True, pattern=pattern)
    bench = replace(bench, stages=replace(bench.stages, rules=rules))

    bench.carry(bench.claim(name="ACME/04.05.2026_1.234,56_Acme.pdf"))

    (invoice,) = bench.kanbert.store.invoices()
    assert (invoice.title, invoice.tags) == ("04.05.2026 1.234,56 Acme", ("scanner", "ACME"))
    assert (str(invoice.date_of_invoice)[:10], invoice.sum_net) == ("2026-05-04", 123_456)


@pytest.mark.parametrize("name", ["letter.pdf", "32.13.2026_Acme.pdf", "a" * 60 + "!.pdf"])
def test_a_document_whose_name_says_nothing_useful_is_delivered_all_the_same(
    bench: Bench, name: str
) -> None:
    with closing(SearchApart()) as apart:
        pattern = NamePattern(r"^(?P<date_of_invoice>[\d.]+)_|^(?P<notes>(a+)+)$", apart)
        bench = replace(bench, stages=replace(bench.stages, rules=Rules(pattern=pattern)))

        filed = bench.carry(bench.claim(name=name))

    assert filed.outcome is Outcome.DELIVERED
    assert bench.events().count("document.undescribed") == 1


def test_what_was_hashed_is_what_was_sent(bench: Bench) -> None:
    filed = bench.carry(bench.claim())

    (invoice,) = bench.kanbert.store.invoices()
    assert (invoice.md5, invoice.sha256, invoice.size) == (filed.md5, filed.sha256, len(INVOICE))
    assert invoice.external_id == f"ingestd-{filed.sha256}"


class Meddling(Kanbert):
    """Lets something happen while it is asked whether a content is known."""

    when_asked: Callable[[], object] = lambda: None

    def check_duplicate(self, md5: str) -> DuplicateCheck:
        self.when_asked()
        return super().check_duplicate(md5)


def test_what_is_written_into_it_after_it_was_read_is_not_sent(bench: Bench) -> None:
    document = bench.claim()
    path = bench.stages.workplace.file(document.id, document.name)
    with Meddling(bench.kanbert.base_url, BearerToken(bench.kanbert.token)) as kanbert:
        kanbert.when_asked = lambda: path.write_bytes(pdf("Another"))
        meddled_with = replace(bench, stages=replace(bench.stages, kanbert=kanbert))

        ended = meddled_with.carry(document)

    (invoice,) = bench.kanbert.store.invoices()
    assert invoice.sha256 == ended.sha256 == hashlib.sha256(INVOICE).hexdigest()
    assert (ended.state, path.read_bytes()) == (State.RELEASED, pdf("Another"))


def test_a_content_that_was_delivered_before_is_a_duplicate(bench: Bench) -> None:
    first = bench.carry(bench.claim())

    second = bench.carry(bench.claim(name="again.pdf"))

    assert (second.outcome, second.invoice_id) == (Outcome.DUPLICATE, first.invoice_id)
    assert bench.kanbert.store.count() == 1
    assert (bench.inbox / "done" / "again.pdf").is_file()


def test_our_own_earlier_attempt_is_recovered_when_the_ledger_was_lost(
    bench: Bench, tmp_path: Path
) -> None:
    bench.carry(bench.claim())
    lost = new_ledger(tmp_path / "another")
    forgetful = replace(bench, ledger=lost, stages=replace(bench.stages, ledger=lost))

    second = forgetful.carry(forgetful.claim())

    assert second.outcome is Outcome.DELIVERED
    assert "document.recovered" in bench.events()
    assert bench.kanbert.store.count() == 1
    lost.close()


def test_a_create_that_may_still_be_carried_out_is_not_repeated(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    bench.doubtful.add(unknown.id)

    still_unknown = bench.carry_until(AskLater, unknown)

    assert still_unknown.state is State.UNKNOWN
    assert bench.kanbert.journal.count(CREATE) == 1


def test_a_create_that_was_carried_out_late_is_recognised(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.LATE_COMMIT, operation=CREATE, commit_after=0.2))
    document = bench.carry_until(OutcomeUnknown, bench.claim())
    bench.doubtful.add(document.id)

    filed = _carried_until_filed(bench, document)

    assert filed.outcome is Outcome.DELIVERED
    assert bench.kanbert.store.count() == bench.kanbert.journal.count(CREATE) == 1


def _carried_until_filed(bench: Bench, document: Document) -> Document:
    for _ in range(500):  # each asks the server, which takes its time
        try:
            return bench.carry(document)
        except AskLater:
            continue
    raise AssertionError("the invoice never showed")


def test_a_document_found_uploading_after_a_restart_is_asked_about_first(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    accepted = bench.ledger.advance(unknown, State.ACCEPTED)
    as_it_died = bench.ledger.advance(accepted, State.UPLOADING)

    filed = bench.carry(as_it_died)

    assert filed.outcome is Outcome.DELIVERED
    assert bench.kanbert.journal.count(CREATE) == 1


def test_two_documents_with_one_content_are_not_created_at_once(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    bench.carry_until(OutcomeUnknown, bench.claim(name="one.pdf"))

    other = bench.carry_until(ContentUnderWay, bench.claim(name="other.pdf"))

    assert other.state is State.ACCEPTED
    assert bench.kanbert.journal.count(CREATE) == 1


def test_an_external_id_that_is_taken_by_our_own_invoice_means_delivered(bench: Bench) -> None:
    first = bench.carry(bench.claim())
    bench.kanbert.faults.add(
        Fault(
            operation=CHECK,
            status=200,
            body=json.dumps({"hash": first.md5, "exists": False, "duplicates": []}),
        )
    )

    second = bench.carry(bench.claim(name="again.pdf"))

    assert second.outcome is Outcome.DUPLICATE  # the ledger knows who delivered it
    assert bench.kanbert.store.count() == 1


def test_an_external_id_used_up_by_a_deleted_invoice_gets_a_suffix_once(bench: Bench) -> None:
    first = bench.carry(bench.claim())
    bench.kanbert.store.delete(first.invoice_id)

    second = bench.carry(bench.claim(name="again.pdf"))

    assert second.outcome is Outcome.DELIVERED
    assert second.external_id == f"ingestd-{second.sha256}-2"


def test_a_content_that_was_deleted_twice_fails_instead_of_trying_for_ever(bench: Bench) -> None:
    for name in ("first.pdf", "second.pdf"):
        bench.kanbert.store.delete(bench.carry(bench.claim(name=name)).invoice_id)

    third = bench.carry(bench.claim(name="third.pdf"))

    assert third.outcome is Outcome.FAILED


def test_a_refusal_fails_the_document_and_says_what_the_server_said(bench: Bench) -> None:
    stages = replace(bench.stages, rules=Rules({"supplier_id": "nobody"}))
    bench = replace(bench, stages=stages)

    filed = bench.carry(bench.claim())

    reason = (bench.inbox / "failed" / "invoice.pdf.reason.txt").read_text()
    assert filed.outcome is Outcome.FAILED
    assert "supplier" in reason.splitlines()[0]
    assert (bench.inbox / "failed" / "invoice.pdf").read_bytes() == INVOICE


UNFIT: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "no PDF": (b"Dear Sir or Madam, ...\n" * 9, "not a PDF"),
    "half a PDF": (INVOICE[: len(INVOICE) // 2], "not complete"),
    "too large": (pdf("P", padding=b"%" * 15_000_000), "15,000,000"),
}


@pytest.mark.parametrize(("content", "said"), UNFIT.values(), ids=UNFIT)
def test_what_is_no_document_fails_without_asking_kanbert(
    bench: Bench, content: bytes, said: str
) -> None:
    filed = bench.carry(bench.claim(content))

    assert filed.outcome is Outcome.FAILED
    assert said in filed.reason
    assert bench.kanbert.journal.count() == 0


ACCOUNT_TROUBLE = {
    "401": Fault(status=401, times=None),
    "403": Fault(status=403, times=None),
    "404": Fault(status=404, times=None),
    "405": Fault(status=405, times=None),
    "a redirect": Fault(status=302, headers={"Location": "/elsewhere"}, times=None),
    "a captive portal": Fault(
        status=200, headers={"Content-Type": "text/html"}, body="<html>", times=None
    ),
}


@pytest.mark.parametrize("fault", ACCOUNT_TROUBLE.values(), ids=ACCOUNT_TROUBLE)
def test_the_account_s_trouble_fails_no_document(bench: Bench, fault: Fault) -> None:
    bench.kanbert.faults.add(fault)

    document = bench.carry_until(AccountTrouble, bench.claim())

    assert document.state is State.ACCEPTED
    assert not (bench.inbox / "failed").exists()


@pytest.mark.parametrize("status", [408, 429, 503])
def test_a_create_that_was_certainly_not_carried_out_may_be_tried_again(
    bench: Bench, status: int
) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=status))
    document = bench.carry_until(Unavailable, bench.claim())

    filed = bench.carry(document)

    assert document.state is State.ACCEPTED
    assert (filed.outcome, filed.attempts) == (Outcome.DELIVERED, 2)


@pytest.mark.parametrize(
    "body", ["", "null", "[]", '{"exists": "no"}', '{"exists": false}', "{" * 5000]
)
def test_a_check_that_cannot_be_understood_is_never_taken_for_absent(
    bench: Bench, body: str
) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=200, body=body, times=None))

    bench.carry_until(KanbertError, bench.claim())

    assert bench.kanbert.journal.count(CREATE) == 0


def test_a_lookup_that_shows_other_invoices_is_never_taken_for_ours(bench: Bench) -> None:
    bench.carry(bench.claim(pdf("another")))
    everything = json.dumps({"data": [{"id": "x", "external_id": "y"}], "links": [], "meta": {}})
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    bench.kanbert.faults.add(Fault(operation=LIST, status=200, body=everything, times=None))
    document = bench.carry_until(OutcomeUnknown, bench.claim(name="ours.pdf"))

    document = bench.carry_until(OutcomeUnknown, document)

    assert document.state is State.UNKNOWN


def test_a_document_that_cannot_be_filed_is_not_created_again(bench: Bench) -> None:
    (bench.inbox / "done").write_text("a file where the folder should be")
    document = bench.carry_until(FolderUnusable, bench.claim())
    (bench.inbox / "done").unlink()

    filed = bench.carry(document)

    assert document.state is State.UPLOADED
    assert (filed.outcome, bench.kanbert.journal.count(CREATE)) == (Outcome.DELIVERED, 1)


def test_a_document_that_cannot_be_read_again_is_not_blamed_on_the_folder_it_goes_to(
    bench: Bench,
) -> None:
    (bench.inbox / "done").write_text("a file where the folder should be")
    document = bench.carry_until(FolderUnusable, bench.claim())
    (bench.inbox / "done").unlink()

    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        where_the_disk_answers(errno.EIO, ["read"], lambda: bench.carry(document))

    assert bench.carry(document).state is State.FILED


def test_a_file_in_a_folder_keeps_its_folder(bench: Bench) -> None:
    bench.carry(bench.claim(name="acme/invoice.pdf"))

    assert (bench.inbox / "done" / "acme" / "invoice.pdf").read_bytes() == INVOICE


def test_nothing_is_left_in_the_work_folder(bench: Bench) -> None:
    bench.carry(bench.claim(name="acme/invoice.pdf"))

    assert list((bench.inbox / ".ingestd" / "work").iterdir()) == []


Change = Callable[[Path], Any]

CHANGES: dict[str, Change] = {
    "appended to": lambda path: path.write_bytes(path.read_bytes() + b"more"),
    "replaced": lambda path: path.write_bytes(pdf("something else")),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "emptied": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_file_that_changed_after_it_was_accepted_is_not_sent(
    bench: Bench, change: Change
) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=503))
    accepted = bench.carry_until(Unavailable, bench.claim())
    change(bench.stages.workplace.file(accepted.id, accepted.name))

    with pytest.raises(Exception, match="is not what was accepted"):
        bench.carry(accepted)

    assert bench.kanbert.store.count() == 0
