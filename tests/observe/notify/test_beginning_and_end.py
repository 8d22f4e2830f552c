"""What was told before this process, and what is told at its end."""

from __future__ import annotations

import pytest

from ingestd.observe.notify.heard import Heard
from ingestd.observe.notify.notices import Notices
from ingestd.observe.notify.pace import AT_ONCE, NOT_YET
from tests.observe.notify.stories import AWAY, BACK, OUTAGE, PACE, WRONG, failed, stuck, told_by


def test_the_end_of_what_another_process_told_is_told() -> None:
    notices = Notices(PACE)
    notices.recall([WRONG], {}, 0)

    assert notices.due(64) == []
    assert [message.title for message in notices.due(65)] == ["Account main is back"]


def test_what_another_process_told_and_still_is_so_is_not_told_again() -> None:
    notices = Notices(PACE)
    notices.recall([WRONG], {}, 0)

    assert told_by(notices, {20: WRONG}, until=1000) == []


def test_what_was_told_and_shows_already_is_not_taken_for_over() -> None:
    notices = Notices(PACE)
    notices.recall([AWAY], {}, 0)

    notices.compare(lambda _: True, 1)

    assert notices.due(1000) == []


def test_since_when_what_was_told_before_shows_is_not_forgotten_at_each_look() -> None:
    notices = Notices(PACE)
    notices.recall([WRONG], {}, 0)

    for now in range(10):
        notices.compare(lambda _: True, now)

    assert notices.trouble(10) == "main: wrong token"


def test_what_became_worse_than_it_was_told_before_is_told() -> None:
    notices = Notices(PACE)
    notices.recall([OUTAGE], {}, 0)
    notices.hear(WRONG, 1)

    notices.compare(lambda _: True, 2)

    assert [message.title for message in notices.due(6)] == ["Account main is paused"]


@pytest.mark.parametrize("heard", [[WRONG], []])
def test_what_was_told_before_and_is_heard_to_be_over_is_over(heard: list[Heard]) -> None:
    notices = Notices(PACE)
    notices.recall([WRONG], {}, 0)
    for one in heard:
        notices.hear(one, 1)
    notices.compare(lambda _: True, 1)
    notices.hear(BACK, 2)

    notices.compare(lambda _: True, 3)

    assert [message.title for message in notices.due(7)] == ["Account main is back"]


@pytest.mark.parametrize("heard_at", [-1, 0, 1])
def test_an_end_that_was_heard_is_told_whatever_was_known_of_its_beginning_by_then(
    heard_at: float,
) -> None:
    notices = Notices(PACE)
    if heard_at < 0:  # by who takes another's place, before that one has told all
        notices.hear(BACK, heard_at)
    notices.recall([WRONG], {}, 0)
    if heard_at >= 0:
        notices.hear(BACK, heard_at)

    assert notices.due(heard_at + 4.9) == []
    assert [message.title for message in notices.due(heard_at + 5)] == ["Account main is back"]


def test_what_another_process_sent_counts_also_at_the_end() -> None:
    notices = Notices(PACE)
    notices.recall([], {"document.failed": -100}, 0)
    notices.hear(failed("a"), 0)

    assert notices.next_due() == 500
    assert notices.rest(499) == []
    assert len(notices.rest(500)) == 1


def test_of_each_kind_the_last_that_was_sent_is_known() -> None:
    notices = Notices(PACE)
    notices.recall([], {"document.failed": -1000, "silence": -7}, 0)
    notices.hear(failed("a"), 0)
    notices.due(5)

    assert notices.sent == {"document.failed": 5, "silence": -7}


def test_at_the_end_nothing_is_waited_for() -> None:
    notices = Notices(PACE)
    notices.hear(failed("a"), 0)
    notices.due(5)
    notices.hear(failed("b"), 6)
    notices.hear(WRONG, 6)

    titles = {message.title for message in notices.rest(7)}

    assert titles == {"A document failed", "Account main is paused"}


@pytest.mark.parametrize("heard", [OUTAGE, AWAY, stuck("a")])
def test_at_the_end_what_may_pass_is_not_told(heard: Heard) -> None:
    notices = Notices(PACE)
    notices.hear(heard, 0)

    assert notices.rest(1) == []


def test_a_run_that_ends_tells_all_at_its_end() -> None:
    notices = Notices(NOT_YET, AT_ONCE)

    during = told_by(notices, {0: failed("a"), 1: OUTAGE, 700: failed("b")}, until=1000)

    assert during == []
    titles = [message.title for message in notices.rest(1000)]
    assert titles == ["Account main is paused", "2 documents failed"]


def test_a_run_that_ends_does_not_tell_of_what_waits_at_every_run() -> None:
    notices = Notices(NOT_YET, AT_ONCE)
    notices.hear(stuck("a"), 0)

    assert notices.rest(10) == []
