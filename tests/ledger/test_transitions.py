from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from threading import Barrier

import pytest

from ingestd.errors import ContentUnderWay, StaleState
from ingestd.ledger import Ledger
from ingestd.model import NEXT, State
from tests.ledger.documents import SHA, Ticking, bring, document

ALLOWED = [(start, to) for start, following in NEXT.items() for to in sorted(following)]
FORBIDDEN = sorted(set(product(State, State)) - set(ALLOWED))


@pytest.mark.parametrize(("start", "to"), ALLOWED)
def test_a_document_goes_on_as_the_table_says(ledger: Ledger, start: State, to: State) -> None:
    before = document(state=start)
    ledger.add(before)

    after = ledger.advance(before, to)

    assert after.state is to
    assert ledger.document("id-1") == after


@pytest.mark.parametrize(("start", "to"), FORBIDDEN)
def test_every_other_step_is_refused(ledger: Ledger, start: State, to: State) -> None:
    before = document(state=start)
    ledger.add(before)

    with pytest.raises(StaleState):
        ledger.advance(before, to, reason="never")

    assert ledger.document("id-1") == before


def test_a_second_step_from_a_stale_copy_is_refused(ledger: Ledger) -> None:
    stale = bring(ledger, document(), State.ACCEPTED)
    current = ledger.advance(stale, State.UPLOADING)

    with pytest.raises(StaleState, match="id-1 is not accepted any more"):
        ledger.advance(stale, State.FAILED)

    assert ledger.document("id-1") == current
    assert len(ledger.steps("id-1")) == 3


def test_a_document_that_was_never_added_cannot_go_on(ledger: Ledger) -> None:
    with pytest.raises(StaleState):
        ledger.advance(document(), State.ACCEPTED)


def test_a_step_brings_its_facts_and_its_time(ledger: Ledger, clock: Ticking) -> None:
    ledger.add(document())
    began = clock.time

    after = ledger.advance(document(), State.ACCEPTED, size=3, md5="cd" * 16)

    assert (after.size, after.md5) == (3, "cd" * 16)
    assert after.updated_at > began
    assert ledger.document("id-1") == after


def test_a_destination_is_remembered_without_a_step(ledger: Ledger) -> None:
    before = bring(ledger, document(), State.UPLOADED)

    planned = ledger.plan(before, "/srv/done/invoice-1.pdf")

    assert planned == replace(before, destination="/srv/done/invoice-1.pdf")
    assert ledger.document("id-1") == planned


def test_no_destination_is_planned_from_a_stale_copy(ledger: Ledger) -> None:
    stale = bring(ledger, document(), State.UPLOADED)
    filed = ledger.advance(stale, State.FILED)

    with pytest.raises(StaleState):
        ledger.plan(stale, "/elsewhere")

    assert ledger.document("id-1") == filed


def test_of_many_who_take_the_same_step_one_does(ledger: Ledger) -> None:
    start = bring(ledger, document(), State.ACCEPTED)
    together = Barrier(8)

    def advance(_: int) -> bool:
        together.wait(10)
        try:
            ledger.advance(start, State.UPLOADING)
        except StaleState:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(advance, range(8))) == [False] * 7 + [True]


# ---- one create per content ----------------------------------------------------------------------


@pytest.mark.parametrize("busy", [State.UPLOADING, State.UNKNOWN])
def test_content_that_is_being_created_is_not_created_again(ledger: Ledger, busy: State) -> None:
    bring(ledger, document(1), busy, sha256=SHA)
    twin = bring(ledger, document(2), State.ACCEPTED, sha256=SHA)

    with pytest.raises(ContentUnderWay):
        ledger.advance(twin, State.UPLOADING)

    assert ledger.document("id-2") == twin


@pytest.mark.parametrize("result", sorted(NEXT[State.UPLOADING] - {State.UNKNOWN}))
def test_content_may_be_created_once_the_first_create_has_a_result(
    ledger: Ledger, result: State
) -> None:
    first = bring(ledger, document(1), State.UPLOADING, sha256=SHA)
    twin = bring(ledger, document(2), State.ACCEPTED, sha256=SHA)
    ledger.advance(first, result)

    assert ledger.advance(twin, State.UPLOADING).state is State.UPLOADING


@pytest.mark.parametrize("other", [{"sha256": "cd" * 32}, {"account": "other"}])
def test_other_content_and_other_accounts_do_not_wait(
    ledger: Ledger, other: dict[str, str]
) -> None:
    bring(ledger, document(1), State.UPLOADING, sha256=SHA)
    different = {"sha256": SHA, **other}

    after = bring(ledger, document(2, **different), State.UPLOADING)

    assert after.state is State.UPLOADING
