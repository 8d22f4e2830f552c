"""What happened is counted: outcomes by inbox, answers by account, uploads by how large."""

from __future__ import annotations

import io
from math import inf

import pytest

from ingestd.model import Outcome
from ingestd.observe import Audience, Counts, open_log
from ingestd.observe.counts import Spread


@pytest.fixture
def counts() -> Counts:
    return Counts(lambda: 1_800_000_000.0)


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_that_the_log_tells_of_is_counted_for_its_inbox(
    counts: Counts, outcome: Outcome
) -> None:
    audience = Audience()
    audience.add(counts.hear)
    log = open_log(io.StringIO(), audience=audience)

    event = f"document.{outcome}"
    log.info(event, inbox="scanner")
    log.warning(event, inbox="scanner")
    log.info(event, inbox="mail")

    assert counts.now().documents == {("scanner", outcome): 2, ("mail", outcome): 1}


@pytest.mark.parametrize("event", ["document.deferred", "document.recovered", "daemon.started"])
def test_what_is_no_outcome_is_not_counted(counts: Counts, event: str) -> None:
    counts.hear({"event": event, "level": "info"})

    assert counts.now().documents == {}


@pytest.mark.parametrize(
    ("outcome", "last"),
    [
        (Outcome.DELIVERED, {"scanner": 1_800_000_000.0}),
        (Outcome.DUPLICATE, {"scanner": 1_800_000_000.0}),
        (Outcome.FAILED, {}),
    ],
)
def test_a_success_is_what_kanbert_has(
    counts: Counts, outcome: Outcome, last: dict[str, float]
) -> None:
    counts.hear({"event": f"document.{outcome}", "inbox": "scanner"})

    assert counts.now().last_success == last


def test_an_event_that_lacks_its_inbox_ends_nothing(counts: Counts) -> None:
    counts.hear({"event": "document.delivered"})


def test_an_earlier_success_that_is_learned_of_later_is_not_the_last(counts: Counts) -> None:
    counts.succeeded({"scanner": 20.0, "mail": 5.0})
    counts.succeeded({"scanner": 10.0})

    assert counts.now().last_success == {"scanner": 20.0, "mail": 5.0}


def test_answers_are_counted_by_status_and_where_none_came(counts: Counts) -> None:
    counts.answered("main", "check", 200, 0.1, 100)
    counts.answered("main", "check", 200, 0.1, 100)
    counts.answered("main", "list", None, 10.0, 0)

    assert counts.now().answers == {("main", "check", 200): 2, ("main", "list", None): 1}


@pytest.mark.parametrize(
    ("operation", "status", "uploads"),
    [
        ("create", 201, 1),
        ("create", 200, 1),
        ("create", 422, 0),
        ("create", 503, 0),
        ("create", None, 0),
        ("check", 200, 0),
    ],
)
def test_an_upload_is_a_create_that_was_accepted(
    counts: Counts, operation: str, status: int | None, uploads: int
) -> None:
    counts.answered("main", operation, status, 2.0, 5000)

    spreads = [made.seconds for made in counts.now().uploads.values()]
    assert sum(list(spread.up_to())[-1][1] for spread in spreads) == uploads


def test_what_was_counted_up_to_a_moment_does_not_change_any_more(counts: Counts) -> None:
    counts.answered("main", "create", 201, 2.0, 5000)
    before = counts.now()

    counts.answered("main", "create", 201, 2.0, 5000)

    assert before.answers == {("main", "create", 201): 1}
    assert before.uploads["main"].seconds.sum == 2.0
    assert list(before.uploads["main"].octets.up_to())[-1] == (inf, 1)


def test_a_value_counts_for_its_own_bound_and_all_above() -> None:
    spread = Spread((1.0, 2.0))

    for value in (0.5, 1.0, 1.5, 99.0):
        spread.add(value)

    assert list(spread.up_to()) == [(1.0, 2), (2.0, 3), (inf, 4)]
    assert spread.sum == 102.0
