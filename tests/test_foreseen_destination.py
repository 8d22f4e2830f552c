"""Where a document goes is written down when its upload begins: it is moved without another commit.

So a process that dies after the move leaves an upload of which the ledger knows no end.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.stranded import Stranded
from ingestd.errors import AskLater, FolderUnusable, OutcomeUnknown, Unavailable
from ingestd.filing import Cabinet
from ingestd.kanbert import BearerToken, CreateInvoice, Invoice, Kanbert
from ingestd.ledger import Ledger
from ingestd.model import Document, Outcome, State
from ingestd.pipeline import Delivery
from ingestd.sandbox import Fault, Kind
from tests.daemon.recovering import found
from tests.workbench import CHECK, CREATE, INVOICE, Bench


class Noting(Ledger):
    """A ledger that notes which destinations it was told by a commit of their own."""

    def __init__(self, ledger: Ledger) -> None:
        self.__dict__.update(ledger.__dict__)
        self.planned: list[str] = []

    def plan(self, document: Document, destination: str) -> Document:
        self.planned.append(destination)
        return super().plan(document, destination)


class Unasked(Cabinet):
    """Folders that may be asked nothing before a document is put there."""

    def foreseen(self, name: str, when: datetime) -> str:
        raise AssertionError(f"asked where {name} is to go at {when}")


class Meddling(Kanbert):
    """Lets something happen once an invoice was made."""

    when_made: Callable[[], object] = lambda: None

    def create(self, *args: Any, **how: Any) -> Invoice:
        made = super().create(*args, **how)
        self.when_made()
        return made


def died_after_its_move(bench: Bench) -> Document:
    """A document that was put away, by a process that could not write down its outcome any more."""
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    document = bench.carry_until(OutcomeUnknown, bench.claim())
    Path(document.destination).parent.mkdir()
    bench.stages.workplace.file(document.id, document.name).rename(document.destination)
    bench.stages.workplace.clear(document.id)
    return document


def recovered(bench: Bench) -> Document:
    """The one document that a start finds, carried to its end."""
    (document,) = found(bench)
    return bench.carry(document)


def in_done(bench: Bench) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (bench.inbox / "done").iterdir()}


def test_a_delivery_whose_name_is_free_waits_for_no_other_commit(bench: Bench) -> None:
    ledger = Noting(bench.ledger)
    noting = replace(bench, stages=replace(bench.stages, ledger=ledger))

    filed = noting.carry(noting.claim())

    assert ledger.planned == []
    assert (filed.state, filed.destination) == (State.FILED, str(bench.inbox / "done/invoice.pdf"))


def test_of_a_folder_outside_of_the_inbox_nothing_is_asked_before_it_is_needed(
    bench: Bench, tmp_path: Path
) -> None:
    """Its share may hang: that is noticed of what is being put away, and of nothing else."""
    ledger, done = Noting(bench.ledger), tmp_path / "archive"
    cabinet = Unasked(done, bench.inbox / "failed", done)
    noting = replace(bench, stages=replace(bench.stages, ledger=ledger, cabinet=cabinet))

    filed = noting.carry(noting.claim())

    assert ledger.planned == [filed.destination] == [str(done / "invoice.pdf")]


def test_a_document_that_was_moved_by_a_process_that_died_is_recognised_and_filed(
    bench: Bench,
) -> None:
    died_after_its_move(bench)

    filed = recovered(bench)

    (invoice,) = bench.kanbert.store.invoices()
    assert (filed.state, filed.outcome) == (State.FILED, Outcome.DELIVERED)
    assert filed.invoice_id == invoice.id
    assert bench.kanbert.journal.count(CREATE) == 1
    assert in_done(bench) == {"invoice.pdf": INVOICE}
    assert "document.recovered" in bench.events()


def test_it_is_waited_for_where_its_invoice_does_not_show_yet(bench: Bench) -> None:
    document = died_after_its_move(bench)
    (invoice,) = bench.kanbert.store.invoices()
    bench.kanbert.store.delete(invoice.id)
    bench.doubtful.add(document.id)

    (waiting,) = found(bench)

    assert bench.carry_until(AskLater, waiting).state is State.UNKNOWN


def test_it_stays_delivered_though_its_invoice_was_deleted_since(bench: Bench) -> None:
    died_after_its_move(bench)
    (invoice,) = bench.kanbert.store.invoices()
    bench.kanbert.store.delete(invoice.id)

    filed = recovered(bench)

    assert (filed.state, filed.outcome, filed.invoice_id) == (State.FILED, Outcome.DELIVERED, "")
    assert bench.kanbert.journal.count(CREATE) == 1
    assert in_done(bench) == {"invoice.pdf": INVOICE}
    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    (told,) = [line for line in lines if "no invoice of it any more" in line.get("error", "")]
    assert told["level"] == "warning"


def test_its_invoice_is_found_by_the_id_that_its_sender_gave_it(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    claimed = bench.claim(sidecars={"invoice.toml": 'external_id = "R-1"'})
    document = bench.carry_until(OutcomeUnknown, claimed)
    (invoice,) = bench.kanbert.store.invoices()
    Path(document.destination).parent.mkdir()
    bench.stages.workplace.file(document.id, document.name).rename(document.destination)
    unheard_of = json.dumps({"hash": document.md5, "exists": False, "duplicates": []})
    bench.kanbert.faults.add(Fault(operation=CHECK, status=200, body=unheard_of))

    assert recovered(bench).invoice_id == invoice.id


def test_it_is_filed_though_its_content_was_delivered_before(bench: Bench) -> None:
    document = died_after_its_move(bench)
    old = replace(document, id="of old", state=State.FILED, outcome=Outcome.DELIVERED)
    bench.ledger.add(replace(old, invoice_id="another", destination=""))

    filed = recovered(bench)

    assert (filed.state, filed.outcome) == (State.FILED, Outcome.DELIVERED)
    assert in_done(bench) == {"invoice.pdf": INVOICE}


def test_what_somebody_laid_there_is_not_taken_for_a_delivery(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    document = bench.carry_until(OutcomeUnknown, bench.claim())
    (bench.inbox / "done").mkdir()
    (bench.inbox / "done/invoice.pdf").write_bytes(INVOICE)

    recovered(bench)

    assert bench.kanbert.store.count() == 1
    assert in_done(bench) == {"invoice.pdf": INVOICE, "invoice (2).pdf": INVOICE}
    assert bench.ledger.under_way(document.inbox) == []


def test_what_somebody_laid_there_is_not_taken_for_its_copy(bench: Bench) -> None:
    """As another machine does with the same document, dropped once more."""
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    bench.carry_until(OutcomeUnknown, bench.claim())
    (bench.inbox / "done").mkdir()
    (bench.inbox / "done/invoice.pdf").write_bytes(INVOICE)

    filed = recovered(bench)

    assert filed.outcome is Outcome.DELIVERED
    assert in_done(bench) == {"invoice.pdf": INVOICE, "invoice (2).pdf": INVOICE}


def test_what_was_linked_there_is_put_away_though_its_invoice_was_deleted_since(
    bench: Bench,
) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    document = bench.carry_until(OutcomeUnknown, bench.claim())
    (bench.inbox / "done").mkdir()
    os.link(bench.stages.workplace.file(document.id, document.name), document.destination)
    (invoice,) = bench.kanbert.store.invoices()
    bench.kanbert.store.delete(invoice.id)

    recovered(bench)

    assert bench.kanbert.journal.count(CREATE) == 1
    assert in_done(bench) == {"invoice.pdf": INVOICE}


def test_a_file_in_place_of_its_folder_is_named_after_a_start_too(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    bench.carry_until(OutcomeUnknown, bench.claim())
    (bench.inbox / "done").write_text("a file where a folder should be")

    (document,) = found(bench)

    assert bench.carry_until(FolderUnusable, document).state is State.UPLOADED


def test_it_is_filed_and_not_asked_for_where_the_account_is_another_by_now(bench: Bench) -> None:
    document = died_after_its_move(bench)
    asked, stranded = bench.kanbert.journal.count(), Stranded(bench.stages)

    assert found(bench, account="another", stranded=stranded) == []

    filed = bench.ledger.document(document.id)
    assert filed is not None
    assert (filed.state, filed.outcome) == (State.FILED, Outcome.DELIVERED)
    assert (stranded.documents, bench.kanbert.journal.count()) == ([], asked)


def test_what_was_not_put_away_waits_for_its_own_account(bench: Bench) -> None:
    document = died_after_its_move(bench)
    Path(document.destination).unlink()
    stranded = Stranded(bench.stages)

    assert found(bench, account="another", stranded=stranded) == []

    (held,) = stranded.documents
    assert "account main" in held.error


@pytest.mark.parametrize("theirs", [INVOICE, pdf("Another")], ids=["the same", "another"])
def test_a_name_that_is_taken_meanwhile_stays_whosever_it_is(bench: Bench, theirs: bytes) -> None:
    done = bench.inbox / "done"
    done.mkdir()
    with Meddling(bench.kanbert.base_url, BearerToken(bench.kanbert.token)) as kanbert:
        kanbert.when_made = lambda: (done / "invoice.pdf").write_bytes(theirs)
        ledger = Noting(bench.ledger)
        stages = replace(bench.stages, kanbert=kanbert, ledger=ledger)

        filed = replace(bench, stages=stages).carry(bench.claim())

    assert ledger.planned == [filed.destination]
    assert filed.destination == str(done / "invoice (2).pdf")
    assert in_done(bench) == {"invoice.pdf": theirs, "invoice (2).pdf": INVOICE}


def test_what_was_not_sent_goes_nowhere(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=503))

    document = bench.carry_until(Unavailable, bench.claim())

    assert (document.state, document.destination) == (State.ACCEPTED, "")


def test_a_folder_that_cannot_be_used_is_named_at_each_attempt(bench: Bench) -> None:
    (bench.inbox / "done").write_text("a file where a folder should be")

    delivery = Delivery(bench.claim(), bench.stages)
    for _ in range(2):
        with pytest.raises(FolderUnusable):
            delivery.go_on()
        delivery = Delivery(delivery.document, bench.stages)


def test_what_turns_out_a_duplicate_is_planned_though_it_goes_where_it_was_to_go(
    bench: Bench,
) -> None:
    """As when somebody else entered it, and another with its id, just after it was checked."""
    client, ledger = bench.stages.kanbert, Noting(bench.ledger)
    client.create(CreateInvoice(), file=INVOICE, filename="entered.pdf")
    client.create(CreateInvoice(external_id="R-1"), file=pdf("Another"), filename="another.pdf")
    md5 = hashlib.md5(INVOICE, usedforsecurity=False).hexdigest()
    unheard_of = json.dumps({"hash": md5, "exists": False, "duplicates": []})
    bench.kanbert.faults.add(Fault(operation=CHECK, status=200, body=unheard_of))
    noting = replace(bench, stages=replace(bench.stages, ledger=ledger))

    said = {"invoice.toml": 'external_id = "R-1"'}
    filed = noting.carry(noting.claim(sidecars=said))

    assert State.UPLOADING in [state for _, state, _ in bench.ledger.steps(filed.id)]
    assert filed.outcome is Outcome.DUPLICATE
    assert ledger.planned == [str(bench.inbox / "done/invoice.pdf")]


def test_what_was_refused_does_not_go_where_it_was_to_go(bench: Bench) -> None:
    (bench.inbox / "failed").write_text("a file where a folder should be")
    bench.kanbert.faults.add(Fault(operation=CREATE, status=422))

    document = bench.carry_until(FolderUnusable, bench.claim())

    assert (document.state, document.destination) == (State.FAILED, "")
