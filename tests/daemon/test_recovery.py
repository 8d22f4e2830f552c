"""What a start finds, row by row of the table in docs/how-it-works.md."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingestd.errors import OutcomeUnknown, StorageFailed
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.recovering import found
from tests.hardship import where_the_disk_answers
from tests.workbench import CHECK, CREATE, INVOICE, Bench


def recovered(bench: Bench) -> Document:
    """The one document that a start finds, carried to its end."""
    (document,) = found(bench)
    return bench.carry(document)


def logged(bench: Bench, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == event]


@pytest.fixture(autouse=True)
def nothing_is_left_in_work(bench: Bench) -> Iterator[None]:
    yield
    assert list(bench.stages.workplace.folder.iterdir()) == []


def test_a_file_without_a_row_is_inspected_and_delivered(bench: Bench) -> None:
    path = bench.stages.workplace.file("id-9", "acme/invoice.pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(INVOICE)

    assert recovered(bench).outcome is Outcome.DELIVERED
    assert (bench.inbox / "done/acme/invoice.pdf").read_bytes() == INVOICE


def test_a_file_is_taken_over_for_good_before_anything_is_done_with_it(bench: Bench) -> None:
    path = bench.stages.workplace.file("id-9", "invoice.pdf")
    path.parent.mkdir()
    path.write_bytes(INVOICE)

    with pytest.raises(StorageFailed, match=r"\.ingestd/work"):
        where_the_disk_answers(errno.EIO, ["fsync"], lambda: found(bench))

    assert recovered(bench).outcome is Outcome.DELIVERED


def test_a_folder_whose_name_is_no_text_is_taken_over_and_its_file_delivered(
    bench: Bench,
) -> None:
    path = bench.stages.workplace.file(os.fsdecode(b"b\xfcro"), "x.pdf")
    path.parent.mkdir()
    path.write_bytes(INVOICE)

    assert recovered(bench).outcome is Outcome.DELIVERED
    assert (bench.inbox / "done/x.pdf").read_bytes() == INVOICE


def test_half_a_file_without_a_row_is_not_delivered(bench: Bench) -> None:
    path = bench.stages.workplace.file("id-9", "invoice.pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(INVOICE[:100])

    assert recovered(bench).outcome is Outcome.FAILED


def test_a_claimed_document_is_inspected_and_delivered(bench: Bench) -> None:
    bench.claim()

    assert recovered(bench).outcome is Outcome.DELIVERED


def test_an_accepted_document_is_checked_again(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=503))
    bench.carry_until(Exception, bench.claim())
    asked = bench.kanbert.journal.count(CHECK)

    assert recovered(bench).outcome is Outcome.DELIVERED
    assert bench.kanbert.journal.count(CHECK) == asked + 1


@pytest.mark.parametrize("kind", [Kind.COMMIT_THEN_DROP, Kind.RESET_AFTER_BODY])
@pytest.mark.parametrize("state", [State.UPLOADING, State.UNKNOWN])
def test_a_create_that_may_have_been_carried_out_is_asked_about_first(
    bench: Bench, kind: Kind, state: State
) -> None:
    bench.kanbert.faults.add(Fault(kind=kind, operation=CREATE))
    document = bench.carry_until(OutcomeUnknown, bench.claim())
    if state is State.UPLOADING:
        document = bench.ledger.advance(document, State.ACCEPTED)
        bench.ledger.advance(document, State.UPLOADING)
    before = bench.kanbert.journal.count()

    assert recovered(bench).outcome is Outcome.DELIVERED
    after = [entry.operation for entry in bench.kanbert.journal.entries()[before:]]
    assert after[0] == CHECK
    assert bench.kanbert.store.count() == 1


def with_outcome(bench: Bench, state: State) -> Document:
    """A document of which the outcome was recorded, and then the process died."""
    hashes = {"sha256": hashlib.sha256(INVOICE).hexdigest(), "md5": "0" * 32}
    document = bench.ledger.advance(bench.claim(), State.ACCEPTED, size=len(INVOICE), **hashes)
    if state is State.UPLOADED:
        document = bench.ledger.advance(document, State.UPLOADING)
    outcome = {
        State.UPLOADED: Outcome.DELIVERED,
        State.DUPLICATE: Outcome.DUPLICATE,
        State.FAILED: Outcome.FAILED,
    }[state]
    facts = {"outcome": outcome, "reason": "Because.", "advice": "Do this."}
    return bench.ledger.advance(document, state, **facts)


OUTCOMES = [
    (State.UPLOADED, "done/invoice.pdf"),
    (State.DUPLICATE, "done/invoice.pdf"),
    (State.FAILED, "failed/invoice.pdf"),
]


@pytest.mark.parametrize(("state", "where"), OUTCOMES)
def test_a_document_with_an_outcome_is_only_filed(bench: Bench, state: State, where: str) -> None:
    with_outcome(bench, state)

    recovered(bench)

    assert (bench.inbox / where).read_bytes() == INVOICE
    assert bench.kanbert.journal.count() == 0


@pytest.mark.parametrize(("state", "where"), OUTCOMES)
def test_a_document_at_its_destination_is_marked_filed(
    bench: Bench, state: State, where: str
) -> None:
    document = with_outcome(bench, state)
    _moved(bench, document, bench.inbox / where)

    assert found(bench) == []

    closed = bench.ledger.document(document.id)
    assert closed is not None
    assert closed.state is State.FILED
    if state is State.FAILED:
        assert (bench.inbox / "failed/invoice.pdf.reason.txt").read_text().startswith("Because.")


def test_a_copy_that_was_not_removed_yet_is_not_filed_twice(bench: Bench, tmp_path: Path) -> None:
    document = with_outcome(bench, State.UPLOADED)
    target = tmp_path / "archive/invoice.pdf"
    target.parent.mkdir()
    target.write_bytes(INVOICE)
    bench.ledger.plan(document, str(target))

    assert found(bench) == []
    assert [path.name for path in target.parent.iterdir()] == ["invoice.pdf"]


def test_another_file_at_the_destination_is_not_taken_for_the_document(bench: Bench) -> None:
    document = with_outcome(bench, State.UPLOADED)
    target = bench.inbox / "done/invoice.pdf"
    target.parent.mkdir()
    target.write_bytes(b"somebody else's")
    bench.ledger.plan(document, str(target))

    recovered(bench)

    assert target.read_bytes() == b"somebody else's"
    assert (bench.inbox / "done/invoice (2).pdf").read_bytes() == INVOICE


def test_a_document_that_is_nowhere_is_an_error_every_time_and_never_closed(
    bench: Bench,
) -> None:
    document = bench.claim()
    bench.stages.workplace.file(document.id, document.name).unlink()

    assert found(bench) == found(bench) == []

    errors = logged(bench, "document.failed")
    assert [error["error"] for error in errors] == ["document_missing"] * 2
    assert bench.ledger.document(document.id) == document


def test_a_release_that_died_is_finished(bench: Bench) -> None:
    bench.ledger.advance(bench.claim(), State.RELEASED)
    (bench.inbox / "invoice.pdf").write_bytes(b"a new one by the same name")

    assert found(bench) == []

    assert (bench.inbox / "invoice (2).pdf").read_bytes() == INVOICE
    assert (bench.inbox / "invoice.pdf").read_bytes() == b"a new one by the same name"


def test_a_release_by_link_that_died_is_finished_and_leaves_one_name(bench: Bench) -> None:
    document = bench.claim()
    bench.ledger.advance(document, State.RELEASED)
    work_file = bench.stages.workplace.file(document.id, document.name)
    (bench.inbox / "invoice (2).pdf").hardlink_to(work_file)  # the first was taken then

    assert found(bench) == []

    assert [path.name for path in bench.inbox.glob("*.pdf")] == ["invoice.pdf"]


def test_a_document_in_hand_is_nobody_s_to_recover(bench: Bench) -> None:
    document = bench.claim()

    assert found(bench, in_hand={document.id}) == []

    bench.carry(document)


def test_the_ledger_s_documents_of_other_inboxes_are_left_alone(bench: Bench) -> None:
    document = replace(bench.claim(), id="elsewhere", inbox="mailbox")
    bench.ledger.add(document)

    recovered(bench)

    assert logged(bench, "document.failed") == []


def test_a_move_that_was_made_before_its_reason_could_be_written_is_finished(
    bench: Bench,
) -> None:
    document = with_outcome(bench, State.FAILED)
    planned = _moved(bench, document, bench.inbox / "failed/invoice.pdf")

    filed = bench.carry(planned)

    assert filed.state is State.FILED
    assert (bench.inbox / "failed/invoice.pdf.reason.txt").is_file()


def _moved(bench: Bench, document: Document, target: Path) -> Document:
    planned = bench.ledger.plan(document, str(target))
    target.parent.mkdir(exist_ok=True)
    bench.stages.workplace.file(document.id, document.name).rename(target)
    return planned


def test_a_create_sent_to_another_account_is_never_repeated_in_this_one(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    document = bench.carry_until(OutcomeUnknown, bench.claim())
    asked = bench.kanbert.journal.count()

    assert found(bench, "another") == []

    (error,) = [line for line in logged(bench, "document.ambiguous") if line["level"] == "error"]
    assert "main" in error["error"]
    assert "another" in error["error"]
    assert bench.kanbert.journal.count() == asked
    bench.carry(document)


def test_a_document_of_which_nothing_was_sent_goes_back_when_the_account_changed(
    bench: Bench,
) -> None:
    bench.claim()

    assert found(bench, "another") == []

    assert (bench.inbox / "invoice.pdf").read_bytes() == INVOICE


@pytest.mark.parametrize("kind", [Kind.COMMIT_THEN_DROP, Kind.RESET_AFTER_BODY])
def test_a_missing_document_that_was_being_created_blocks_no_other_with_its_content(
    bench: Bench, kind: Kind
) -> None:
    bench.kanbert.faults.add(Fault(kind=kind, operation=CREATE))
    lost = bench.carry_until(OutcomeUnknown, bench.claim())
    bench.stages.workplace.file(lost.id, lost.name).unlink()

    (asked,) = found(bench)
    bench.carry_until(FileNotFoundError, asked)
    bench.carry(bench.claim(name="dropped again.pdf"))

    assert bench.kanbert.store.count() == 1
    assert (bench.inbox / "done/dropped again.pdf").exists()
    assert found(bench) == found(bench) == []
    assert len(logged(bench, "document.failed")) == 2  # at every start


def test_one_document_that_cannot_be_recovered_keeps_no_other_waiting(bench: Bench) -> None:
    blocked = bench.claim(name="acme/invoice.pdf")
    bench.ledger.advance(blocked, State.RELEASED)
    bench.claim(name="fine.pdf")
    (bench.inbox / "acme").rmdir()
    (bench.inbox / "acme").write_text("a file where the folder was")

    documents = found(bench)

    assert {document.name for document in documents} == {"acme/invoice.pdf", "fine.pdf"}
    (named,) = logged(bench, "document.deferred")
    assert named["document"] == blocked.id
    for document in documents:
        bench.carry(document)
    (bench.inbox / "acme").unlink()
    assert found(bench) == []
