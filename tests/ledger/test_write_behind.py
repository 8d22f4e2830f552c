"""What nothing depends on is written later, and known all the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ingestd.errors import ContentDelivered, LedgerUnusable, StaleState, StorageFailed
from ingestd.ledger import Ledger, Reading, Wanted, open_ledger, open_to_read
from ingestd.model import Document, Outcome, State
from tests.daemon.carrying import until
from tests.hardship import no_room_to_write
from tests.ledger.conftest import never
from tests.ledger.documents import NOON, SHA, Ticking, bring, document

DELIVERED = {"outcome": Outcome.DELIVERED, "invoice_id": "i-1"}
COPY = {"sent_size": 1, "sent_md5": "copied", "sent_sha256": "COPIED"}
FACTS = {"sha256": SHA, "md5": SHA[:32], "external_id": "ingestd-1", **COPY}
TWIN = document(2, **FACTS)


@pytest.fixture
def outside(tmp_path: Path, ledger_url: str, ledger: Ledger) -> Iterator[Reading]:
    """What another process reads."""
    del ledger  # makes it
    reading = open_to_read(tmp_path, ledger_url)
    assert reading is not None
    yield reading
    reading.close()


def state_in(ledger: Reading) -> State | None:
    found = ledger.document("id-1")
    return found.state if found else None


def uploaded(ledger: Ledger) -> Document:
    """A document whose invoice nobody has written down yet."""
    uploading = bring(ledger, document(1), State.UPLOADING, **FACTS)
    return ledger.advance(uploading, State.UPLOADED, **DELIVERED)


def test_another_process_sees_a_document_where_what_is_done_next_depends_on_it(
    ledger: Ledger, outside: Reading
) -> None:
    seen = list[State | None]()

    ledger.add(document())
    seen.append(state_in(outside))
    accepted = ledger.advance(document(), State.ACCEPTED)
    seen.append(state_in(outside))
    uploading = ledger.begin_upload(accepted, {})
    seen.append(state_in(outside))
    uploaded = ledger.advance(uploading, State.UPLOADED)
    seen.append(state_in(outside))
    planned = ledger.plan(uploaded, "/done/a.pdf")
    seen.append(state_in(outside))
    ledger.advance(planned, State.FILED)
    seen.append(state_in(outside))
    ledger.flush()
    seen.append(state_in(outside))

    begun = [None, None, State.UPLOADING]
    assert seen == [*begun, State.UPLOADING, State.UPLOADED, State.UPLOADED, State.FILED]
    states = [state for _, state, _ in outside.steps("id-1")]
    assert states == ["claimed", "accepted", "uploading", "uploaded", "filed"]


def test_another_process_sees_at_once_that_a_document_failed(
    ledger: Ledger, outside: Reading
) -> None:
    ledger.add(document())

    ledger.advance(document(), State.FAILED)

    assert state_in(outside) is State.FAILED


def test_another_process_sees_the_rest_within_a_moment(tmp_path: Path, ledger_url: str) -> None:
    ledger = open_ledger(tmp_path, ledger_url, now=Ticking(), set_aside=never, flush_within=0.0)
    with closing(ledger):
        outside = open_to_read(tmp_path, ledger_url)
        assert outside is not None

        ledger.add(document())

        until(lambda: state_in(outside) is State.CLAIMED)
        outside.close()


READ: dict[str, Callable[[Ledger], bool]] = {
    "document": lambda ledger: state_in(ledger) is State.UPLOADED,
    "under_way": lambda ledger: ledger.under_way("scanner")[0].state is State.UPLOADED,
    "last_successes": lambda ledger: "scanner" in ledger.last_successes(),
    "delivered_before": lambda ledger: ledger.delivered_before(TWIN),
    "invoices_with_its_content": lambda ledger: (
        ledger.invoices_with_its_content(TWIN) == {"i-1": "ingestd-1"}
    ),
    "contents_with_its_md5": lambda ledger: (
        ledger.contents_with_its_md5(document(2, md5="copied")) == {("COPIED", Outcome.DELIVERED)}
    ),
    "copy_of": lambda ledger: ledger.copy_of("main", SHA) == COPY,
    "deliveries": lambda ledger: [one.invoice_id for one in ledger.deliveries()] == ["i-1"],
    "steps": lambda ledger: ledger.steps("id-1")[-1][1] is State.UPLOADED,
    "search": lambda ledger: len(ledger.search(Wanted("i-1"))) == 1,
}


@pytest.mark.parametrize("number", [1, 49, 50, 51, 120])
def test_however_many_steps_are_written_at_once_none_is_left_out(
    ledger: Ledger, outside: Reading, number: int
) -> None:
    ids = [f"id-{one}" for one in range(number)]
    for one in range(number):
        ledger.add(document(one))

    ledger.flush()

    assert [[state for _, state, _ in outside.steps(one)] for one in ids] == [["claimed"]] * number


@pytest.mark.parametrize("what", READ)
def test_whoever_reads_here_finds_what_is_not_written_yet(ledger: Ledger, what: str) -> None:
    uploaded(ledger)

    assert READ[what](ledger)


def test_what_is_not_written_yet_is_counted(ledger: Ledger) -> None:
    ledger.advance(uploaded(ledger), State.FILED)
    ledger.add(document(2))

    assert ledger.numbers_under_way() == {"scanner": 1}
    assert ledger.outcomes_since(NOON - timedelta(days=1)) == {"scanner": {Outcome.DELIVERED: 1}}
    assert ledger.number() == 2


# ---- one create per content ----------------------------------------------------------------------


def test_content_whose_create_has_a_result_that_is_not_written_yet_may_be_created(
    ledger: Ledger,
) -> None:
    accepted = bring(ledger, TWIN, State.ACCEPTED)
    uploaded(ledger)

    assert ledger.advance(accepted, State.UPLOADING).state is State.UPLOADING


def test_no_upload_begins_once_its_content_became_an_invoice(
    ledger: Ledger, outside: Reading
) -> None:
    accepted = bring(ledger, TWIN, State.ACCEPTED)
    uploaded(ledger)

    with pytest.raises(ContentDelivered) as became:
        ledger.begin_upload(accepted, {})

    assert became.value.invoices == {"i-1": "ingestd-1"}
    assert ledger.document("id-2") == accepted
    assert [state for _, state, _ in outside.steps("id-2")] == ["claimed", "accepted"]
    assert ledger.begin_upload(accepted, became.value.invoices).state is State.UPLOADING


# ---- who goes on with what somebody else moved ---------------------------------------------------


@pytest.fixture
def another(tmp_path: Path, ledger_url: str, ledger: Ledger, clock: Ticking) -> Iterator[Ledger]:
    """The same ledger as another process has it."""
    del ledger  # makes it
    another = open_ledger(tmp_path, ledger_url, now=clock, set_aside=never)
    yield another
    another.close()


def test_a_document_that_another_process_moved_on_is_told_of_when_it_goes_on_here(
    ledger: Ledger, another: Ledger
) -> None:
    accepted = bring(ledger, document(1), State.ACCEPTED)
    innocent = bring(ledger, document(2), State.ACCEPTED)
    ledger.flush()
    another.advance(accepted, State.RELEASED)

    failed = ledger.advance(accepted, State.DUPLICATE)
    ledger.advance(innocent, State.DUPLICATE)
    ledger.flush()

    assert {one.id: one.state for one in another.search(Wanted())} == {
        "id-1": State.RELEASED,
        "id-2": State.DUPLICATE,
    }
    with pytest.raises(StaleState, match="id-1 is not accepted any more"):
        ledger.plan(failed, "/failed/1.pdf")


def test_a_document_that_another_process_moved_on_to_the_same_state_is_told_of_too(
    ledger: Ledger, another: Ledger
) -> None:
    ledger.add(document())
    ledger.flush()
    another.advance(document(), State.ACCEPTED)
    another.flush()

    accepted = ledger.advance(document(), State.ACCEPTED)
    ledger.flush()

    with pytest.raises(StaleState):
        ledger.begin_upload(accepted, {})
    assert ledger.begin_upload(accepted, {}).state is State.UPLOADING  # it was told, and knows now


def test_whoever_read_it_anew_goes_on_from_there(ledger: Ledger, another: Ledger) -> None:
    ledger.add(document())
    ledger.flush()
    accepted = another.advance(document(), State.ACCEPTED)
    another.flush()
    with pytest.raises(StaleState):
        ledger.advance(document(), State.RELEASED)

    ledger.advance(accepted, State.FAILED)

    assert state_in(ledger) is State.FAILED


def test_a_copy_that_was_told_of_once_is_not_believed_again(
    ledger: Ledger, another: Ledger
) -> None:
    accepted = bring(ledger, document(), State.ACCEPTED)
    ledger.flush()
    another.advance(accepted, State.RELEASED)

    with pytest.raises(StaleState):
        ledger.begin_upload(accepted, {})
    with pytest.raises(StaleState):
        ledger.advance(accepted, State.DUPLICATE)


def test_a_document_that_another_process_added_is_not_this_one_s(
    ledger: Ledger, another: Ledger
) -> None:
    another.add(document())
    another.flush()
    accepted = bring(ledger, document(), State.ACCEPTED)

    with pytest.raises(StaleState):
        ledger.begin_upload(accepted, {})


def test_nobody_is_added_twice(ledger: Ledger) -> None:
    ledger.add(document())
    ledger.flush()

    ledger.add(document(reason="another"))

    assert ledger.document("id-1") == document()


# ---- trouble -------------------------------------------------------------------------------------


@pytest.mark.in_a_file
def test_what_a_full_disk_does_not_take_is_written_once_it_has_room(
    ledger: Ledger, outside: Reading
) -> None:
    ledger.flush()
    accepted = bring(ledger, document(), State.ACCEPTED)

    with no_room_to_write(), pytest.raises(LedgerUnusable):
        ledger.begin_upload(accepted, {})
    with no_room_to_write(), pytest.raises(LedgerUnusable):
        ledger.add(document(2))  # which could go back to where it came from
    ledger.flush()

    assert (outside.number(), state_in(outside)) == (1, State.ACCEPTED)
    assert ledger.begin_upload(accepted, {}).state is State.UPLOADING


@pytest.mark.in_a_file
def test_a_document_that_a_full_disk_never_had_goes_back_without_it(
    ledger: Ledger, outside: Reading
) -> None:
    accepted = bring(ledger, document(), State.ACCEPTED)
    with no_room_to_write():
        with pytest.raises(LedgerUnusable):
            ledger.begin_upload(accepted, {})

        assert ledger.advance(accepted, State.RELEASED).state is State.RELEASED

    ledger.flush()
    assert state_in(outside) is State.RELEASED


@pytest.mark.in_a_file
def test_a_document_that_the_disk_has_goes_back_once_it_knows(
    ledger: Ledger, outside: Reading
) -> None:
    accepted = bring(ledger, document(), State.ACCEPTED)
    ledger.flush()

    with no_room_to_write(), pytest.raises(LedgerUnusable):
        ledger.advance(accepted, State.RELEASED)
    ledger.advance(accepted, State.RELEASED)

    assert state_in(outside) is State.RELEASED


def test_what_a_full_disk_did_not_take_is_written_later_though_nobody_comes(
    tmp_path: Path,
) -> None:
    ledger = open_ledger(tmp_path, "", now=Ticking(), set_aside=never, flush_within=0.0)
    numbers = itertools.count(2)

    def is_refused() -> bool:
        try:
            ledger.add(document(next(numbers)))
        except LedgerUnusable:
            return True
        return False

    with closing(ledger):
        outside = open_to_read(tmp_path, "")
        assert outside is not None
        with no_room_to_write():
            ledger.add(document())
            until(is_refused)  # so what was deferred was tried in vain

        until(lambda: state_in(outside) is State.CLAIMED)
        outside.close()


def test_a_disk_that_fails_when_nobody_is_there_is_told_to_who_comes_next(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, "", now=Ticking(), set_aside=never, flush_within=0.0)
    bring(ledger, document(), State.UPLOADING)
    (tmp_path / "ledger.sqlite3").rename(tmp_path / "away")

    def is_told() -> bool:
        try:
            ledger.add(document(2))  # which waits for nothing
        except StorageFailed:
            return True
        return False

    until(is_told)
    with pytest.raises(StorageFailed):
        ledger.flush()
    ledger.close()
