"""An outage with hundreds of files waiting: what Kanbert sees of it, and what people see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest

from ingestd.kanbert import BearerToken, Kanbert, RetryPolicy, World
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, events
from tests.workbench import CHECK, CREATE, Bench

FILES = [f"{number:03}.pdf" for number in range(300)]
TEN_MINUTES = 600.0


@pytest.fixture
def patient(bench: Bench) -> Iterator[Bench]:
    """A bench whose client tries as often as the daemon's, without taking the time."""
    with Kanbert(
        bench.kanbert.base_url,
        BearerToken(bench.kanbert.token),
        timeout=5.0,
        retry=RetryPolicy(attempts=3, longest_wait=5.0, patience=5.0),
        world=World(nap=lambda _: False),
    ) as client:
        yield replace(bench, stages=replace(bench.stages, kanbert=client))


def carrying(bench: Bench, workers: int) -> Carrying:
    return Carrying(bench, workers=workers, relisting=True)


def in_work(bench: Bench) -> list[tuple[str, str]]:
    return list(bench.stages.workplace.claimed())


TOTAL = {
    "503": Fault(status=503, times=None),
    "429": Fault(status=429, times=None),
    "500": Fault(status=500, times=None),
    "502": Fault(status=502, times=None),
    "resets": Fault(kind=Kind.RESET_AFTER_BODY, times=None),
}
PARTIAL = {
    "503 to creates": Fault(status=503, operation=CREATE, times=None),
    "503 to checks": Fault(status=503, operation=CHECK, times=None),
}
"""Where every probe is answered, so that a document is tried after each."""


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize(
    ("fault", "most"),
    [*((fault, 25) for fault in TOTAL.values()), *((fault, 90) for fault in PARTIAL.values())],
    ids=[*TOTAL, *PARTIAL],
)
def test_ten_minutes_of_outage_cost_a_handful_of_requests_and_no_file_is_away(
    patient: Bench, fault: Fault, most: int, workers: int
) -> None:
    patient.kanbert.faults.add(fault)
    lane = carrying(patient, workers)
    lane.drop(*FILES)

    lane.start()
    lane.wait_for(lambda: lane.account.pause is not None)
    lane.settle()
    lane.pass_time(TEN_MINUTES)

    assert patient.kanbert.journal.count() <= most
    assert lane.names() == FILES
    assert in_work(patient) == []
    assert not (patient.inbox / "failed").exists()
    assert len(events(patient, "account.paused")) == 1
    lane.end()


def test_an_outage_that_begins_with_a_503_costs_twelve_requests_at_most(patient: Bench) -> None:
    patient.kanbert.faults.add(TOTAL["503"])
    lane = carrying(patient, workers=1)
    lane.drop(*FILES)

    lane.start()
    lane.wait_for(lambda: lane.account.pause is not None)
    lane.pass_time(TEN_MINUTES)

    # three tries of the first document, and a probe each after 5, 10, 20, 40, 80, 160, 300 s
    assert patient.kanbert.journal.count(CHECK) == 3
    assert patient.kanbert.journal.count() <= 12
    lane.end()


def test_when_kanbert_is_back_all_files_go_in_order(patient: Bench) -> None:
    lane = carrying(patient, workers=1)
    lane.drop(*FILES)
    patient.kanbert.faults.add(TOTAL["503"])
    lane.start()
    lane.wait_for(lambda: lane.account.pause is not None)
    lane.pass_time(TEN_MINUTES)

    patient.kanbert.faults.clear()
    lane.pass_time_until(lambda: lane.account.calm)

    for number in range(25, len(FILES) + 1, 25):  # each within the limit
        lane.wait_for(partial(_at_least, lane, number))
    assert [document.name for document in lane.filed] == FILES
    assert patient.kanbert.store.count() == patient.kanbert.journal.count(CREATE) == len(FILES)
    assert len(events(patient, "account.resumed")) == 1
    lane.end()


def _at_least(lane: Carrying, number: int) -> bool:
    return len(lane.filed) >= number


FIRST_PROBE = 3.75
"""Seconds, with the dice that a lane is given in tests."""


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("120", 120, 120),
        (in_seconds(7200), 900, 900),  # within reason
        ("86400", 900, 900),
        ("2", FIRST_PROBE, FIRST_PROBE),  # no sooner than of our own accord
        ("-120", FIRST_PROBE, FIRST_PROBE),
        (in_seconds(-7200), FIRST_PROBE, FIRST_PROBE),
        ("soon", FIRST_PROBE, FIRST_PROBE),
        ("", FIRST_PROBE, FIRST_PROBE),
    ],
    ids=["seconds", "a date", "a day", "a moment", "negative", "past", "garbage", "nothing"],
)
def test_the_wait_that_kanbert_asks_for_is_kept(
    patient: Bench, status: int, asked: str, least: float, most: float
) -> None:
    headers = {"Retry-After": asked}
    patient.kanbert.faults.add(Fault(status=status, headers=headers, times=None))
    lane = carrying(patient, workers=1)
    lane.drop(*FILES)

    lane.start()
    lane.wait_for(lambda: lane.account.pause is not None)

    assert lane.account.pause is not None
    assert least <= lane.account.pause.probe_at - lane.time <= most
    lane.end()


def test_a_wait_by_a_date_is_that_long(patient: Bench) -> None:
    headers = {
        "Date": "Mon, 15 Jan 2024 12:00:00 GMT",
        "Retry-After": "Mon, 15 Jan 2024 12:02:00 GMT",
    }
    patient.kanbert.faults.add(Fault(status=503, headers=headers, times=None))
    lane = carrying(patient, workers=1)
    lane.drop(*FILES)

    lane.start()
    lane.wait_for(lambda: lane.account.pause is not None)

    assert lane.account.pause is not None
    assert lane.account.pause.probe_at - lane.time == 120
    assert patient.kanbert.journal.count() == 1  # nor is it asked again before
    lane.end()
