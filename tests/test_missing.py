"""A document whose file is gone is closed by hand; and what comes of it when the file turns up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestd.errors import StaleState
from ingestd.missing import CLOSED, close, known_of
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.recovering import found
from tests.workbench import CREATE, INVOICE, Bench, now


def claimed(bench: Bench) -> Document:
    return bench.claim()


def accepted(bench: Bench) -> Document:
    bench.kanbert.faults.add(Fault(status=503))
    return bench.carry_until(Exception, bench.claim())


def unknown(bench: Bench) -> Document:
    """Kanbert made an invoice of it, and nobody heard."""
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    return bench.carry_until(Exception, bench.claim())


def unknown_and_not_made(bench: Bench) -> Document:
    bench.kanbert.faults.add(Fault(kind=Kind.RESET_AFTER_BODY, operation=CREATE))
    return bench.carry_until(Exception, bench.claim())


def uploaded(bench: Bench) -> Document:
    (bench.inbox / "done").write_bytes(b"in its way")
    document = bench.carry_until(Exception, bench.claim())
    (bench.inbox / "done").unlink()
    return document


def lost(bench: Bench, document: Document) -> Document:
    bench.stages.workplace.file(document.id, document.name).unlink()
    known = bench.ledger.document(document.id)
    assert known is not None
    return known


BEFORE = [
    (claimed, Outcome.DELIVERED),
    (accepted, Outcome.DELIVERED),
    (unknown, Outcome.DELIVERED),
    (unknown_and_not_made, Outcome.DELIVERED),
    (uploaded, Outcome.DUPLICATE),
]


@pytest.mark.parametrize(("before", "outcome"), BEFORE, ids=[one.__name__ for one, _ in BEFORE])
def test_one_that_comes_back_into_the_inbox_is_delivered_once_or_recognised(
    bench: Bench, before: object, outcome: Outcome
) -> None:
    assert callable(before)
    close(lost(bench, before(bench)), bench.ledger)

    back = bench.carry(bench.claim())

    assert (back.state, back.outcome) == (State.FILED, outcome)
    assert bench.kanbert.store.count() == 1
    assert (bench.inbox / "done/invoice.pdf").read_bytes() == INVOICE


def test_one_that_comes_back_into_work_goes_back_into_the_inbox(bench: Bench) -> None:
    document = lost(bench, bench.claim())
    close(document, bench.ledger)
    bench.stages.workplace.file(document.id, document.name).write_bytes(INVOICE)

    assert found(bench) == []

    assert (bench.inbox / "invoice.pdf").read_bytes() == INVOICE


def test_its_history_stays_and_says_that_it_was_closed(bench: Bench) -> None:
    document = lost(bench, bench.claim())

    close(document, bench.ledger)

    steps = [(state, note) for _, state, note in bench.ledger.steps(document.id)]
    assert steps[0][0] is State.CLAIMED
    assert steps[1:] == [(State.FAILED, CLOSED), (State.FILED, CLOSED)]
    assert found(bench) == []


def test_one_that_went_on_since_it_was_looked_at_is_not_closed(bench: Bench) -> None:
    document = lost(bench, uploaded(bench))
    bench.ledger.plan(document, "/where/it/is/now.pdf")

    with pytest.raises(StaleState):
        close(document, bench.ledger)

    known = bench.ledger.document(document.id)
    assert known is not None
    assert known.state is State.UPLOADED


def test_where_it_was_to_be_filed_is_known_though_the_ledger_was_behind(bench: Bench) -> None:
    document = bench.ledger.plan(lost(bench, uploaded(bench)), "/scans/done/invoice.pdf")

    assert known_of(document) == (
        f"Kanbert has it as invoice {document.invoice_id}. "
        "It was to be filed as /scans/done/invoice.pdf."
    )


@pytest.mark.parametrize("state", [State.UPLOADING, State.UNKNOWN])
def test_of_one_that_may_be_an_invoice_it_is_said_how_to_find_that(state: State) -> None:
    document = replace(
        Document.claimed("id", "scanner", "main", "a.pdf", now()), state=state, external_id="x"
    )

    assert 'external_id "x"' in known_of(document)


def test_of_one_whose_invoice_was_deleted_none_is_named() -> None:
    claimed = Document.claimed("id", "scanner", "main", "a.pdf", now())

    said = known_of(replace(claimed, state=State.UPLOADED, outcome=Outcome.DELIVERED))

    assert said == "It was delivered; which invoice it became is not known."
