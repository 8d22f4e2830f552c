from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ingestd.errors import LedgerUnusable
from ingestd.ledger import KnownInbox, Ledger, open_ledger
from ingestd.model import ENDS, Outcome, State
from tests.hardship import no_room_to_write
from tests.ledger.documents import NOON, SHA, Ticking, bring, document

UNDECODABLE = os.fsdecode(b"r\xe9sum\xe9/\xff\n.pdf")


@pytest.mark.in_a_file
def test_a_ledger_that_is_closed_leaves_everything_in_its_one_file(
    tmp_path: Path, ledger: Ledger
) -> None:
    ledger.add(document())

    ledger.close()

    assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite3"]


# ---- what is remembered --------------------------------------------------------------------------


def test_a_document_is_remembered_with_everything_known_of_it(ledger: Ledger) -> None:
    given = document(
        size=2**40,
        md5="cd" * 16,
        sha256=SHA,
        external_id=f"ingestd-{SHA}",
        outcome=Outcome.DELIVERED,
        invoice_id="42",
        reason="because",
        advice="do this",
        attempts=3,
        destination="/srv/scans/done/invoice-1.pdf",
    )

    ledger.add(given)

    assert ledger.document("id-1") == given


def test_a_document_that_was_never_added_is_not_known(ledger: Ledger) -> None:
    assert ledger.document("id-1") is None


def test_an_id_that_is_no_text_is_not_known_and_no_damage(tmp_path: Path, ledger: Ledger) -> None:
    assert ledger.document("b\udcfcro") is None

    assert {path.name for path in tmp_path.glob("*-damaged")} == set()


def test_names_that_are_not_text_come_back_as_they_were(ledger: Ledger) -> None:
    given = document(name=UNDECODABLE, destination=f"/srv/done/{UNDECODABLE}")

    ledger.add(given)

    assert ledger.document("id-1") == given


def test_times_come_back_as_the_same_instant_in_utc(ledger: Ledger) -> None:
    vienna = timezone(timedelta(hours=2))
    ledger.add(document(claimed_at=datetime(2026, 5, 4, 14, 0, 0, 123456, tzinfo=vienna)))

    remembered = ledger.document("id-1")

    assert remembered is not None
    assert remembered.claimed_at == NOON.replace(microsecond=123456)
    assert remembered.claimed_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("said", ["\ud800 refused", "r\udce9sum\udce9", "a\0b"], ids=ascii)
def test_reasons_that_quote_what_is_no_text_are_remembered(ledger: Ledger, said: str) -> None:
    ledger.add(document())

    ledger.advance(document(), State.FAILED, note=said, reason=said, advice=said, invoice_id=said)

    remembered = ledger.document("id-1")
    assert remembered is not None
    assert "\\" in remembered.reason
    assert {remembered.advice, remembered.invoice_id} == {remembered.reason}
    assert ledger.steps("id-1")[-1][2] == remembered.reason


def test_what_is_remembered_outlives_the_process(
    tmp_path: Path, ledger_url: str, ledger: Ledger
) -> None:
    bring(ledger, document(), State.UNKNOWN, sha256=SHA)
    ledger.close()

    again = open_ledger(tmp_path, ledger_url, now=Ticking(), set_aside=lambda *_: None)

    assert again.document("id-1") == ledger.document("id-1")
    again.close()


# ---- what is asked -------------------------------------------------------------------------------


def test_an_earlier_document_with_this_content_was_delivered(ledger: Ledger) -> None:
    earlier = document(1, sha256=SHA, outcome=Outcome.DELIVERED, state=State.FILED)
    ledger.add(earlier)

    assert ledger.delivered_before(document(2, sha256=SHA))
    assert not ledger.delivered_before(earlier)
    assert not ledger.delivered_before(document(2, sha256=SHA, account="other"))
    assert not ledger.delivered_before(document(2, sha256="cd" * 32))


@pytest.mark.parametrize("outcome", [None, Outcome.DUPLICATE, Outcome.FAILED])
def test_an_earlier_document_without_an_invoice_was_not_delivered(
    ledger: Ledger, outcome: Outcome | None
) -> None:
    ledger.add(document(1, sha256=SHA, outcome=outcome))

    assert not ledger.delivered_before(document(2, sha256=SHA))


def test_the_contents_with_one_md5_are_those_of_the_account_s_other_documents(
    ledger: Ledger,
) -> None:
    md5, other = "ef" * 16, "cd" * 32
    ours = document(1, md5=md5, sha256=SHA)
    ledger.add(ours)
    for number in (2, 3):
        ledger.add(document(number, md5=md5, sha256=other, outcome=Outcome.DELIVERED))
    ledger.add(document(4, md5=md5, sha256=SHA, account="other"))
    ledger.add(document(5, md5="00" * 16, sha256="12" * 32))

    assert ledger.contents_with_its_md5(ours) == {(other, Outcome.DELIVERED)}


def test_what_has_not_ended_is_under_way_oldest_first(ledger: Ledger) -> None:
    for number, state in enumerate(State):
        bring(ledger, document(20 - number), state)
    ledger.add(document(30, inbox="other"))

    under_way = ledger.under_way("scanner")

    assert {one.state for one in under_way} == set(State) - ENDS
    assert under_way == sorted(under_way, key=lambda one: one.claimed_at)


def test_the_steps_tell_what_happened_and_when(ledger: Ledger, clock: Ticking) -> None:
    ledger.add(document(name="invoice.pdf"))
    ledger.advance(document(), State.ACCEPTED)
    ledger.advance(document(state=State.ACCEPTED), State.RELEASED, note="ingestd is stopping")
    ledger.add(document(2))

    steps = ledger.steps("id-1")

    assert [(state, note) for _, state, note in steps] == [
        (State.CLAIMED, "invoice.pdf"),
        (State.ACCEPTED, ""),
        (State.RELEASED, "ingestd is stopping"),
    ]
    assert NOON < steps[0][0] < steps[1][0] < steps[2][0] < clock.time


def test_an_inbox_is_remembered_as_it_was_seen_last(ledger: Ledger) -> None:
    assert ledger.known_inbox("scanner") is None
    names = {"path": UNDECODABLE, "source": UNDECODABLE, "root": "/"}
    first = KnownInbox(marker="a1", filesystem="cifs", **names)
    second = replace(first, marker="b2")

    ledger.remember_inbox("scanner", first)
    ledger.remember_inbox("scanner", second)
    ledger.remember_inbox("mail", first)

    assert ledger.known_inbox("scanner") == second
    assert ledger.known_inbox("mail") == first


# ---- trouble -------------------------------------------------------------------------------------


def test_eight_threads_write_at_once(ledger: Ledger) -> None:
    def carry(number: int) -> State:
        return bring(ledger, document(number), State.FILED, sha256=f"{number:064}").state

    with ThreadPoolExecutor(8) as threads:
        states = list(threads.map(carry, range(64)))

    assert states == [State.FILED] * 64
    assert ledger.under_way("scanner") == []
    assert all(len(ledger.steps(f"id-{number}")) == 3 for number in range(64))


@pytest.mark.in_a_file
def test_a_full_disk_is_said_and_nothing_is_half_written(ledger: Ledger) -> None:
    before = bring(ledger, document(), State.ACCEPTED)

    with no_room_to_write(), pytest.raises(LedgerUnusable, match="cannot be used") as caught:
        ledger.advance(before, State.UPLOADING)

    assert "space" in caught.value.hint
    assert ledger.document("id-1") == before
    assert len(ledger.steps("id-1")) == 2
    assert ledger.advance(before, State.UPLOADING).state is State.UPLOADING
