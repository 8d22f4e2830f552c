"""What people are told, and when: tables of what was heard, by the second."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ingestd.observe.notify.heard import Heard, Settled
from ingestd.observe.notify.message import MOST_NAMED
from ingestd.observe.notify.notices import Notices
from ingestd.observe.notify.remarks import MOST_KEPT
from tests.observe.notify.stories import (
    AWAY,
    BACK,
    HERE,
    OTHER,
    OUTAGE,
    PACE,
    SUSPECT,
    WRONG,
    Told,
    failed,
    stuck,
    told_by,
)

STORIES: dict[str, tuple[dict[float, Heard], Told]] = {
    "all is well": ({0: Settled("scanner", "a.pdf")}, []),
    "a wrong token, and then the right one": (
        {0: WRONG, 100: BACK},
        [(5, "Account main is paused"), (105, "Account main is back")],
    ),
    "two accounts with a wrong token": (
        {0: WRONG, 3: OTHER},
        [(5, "2 accounts are paused")],
    ),
    "an outage that passes": ({0: OUTAGE, 299: BACK}, []),
    "an outage that lasts": (
        {0: OUTAGE, 1000: BACK},
        [(300, "Account main is paused"), (1005, "Account main is back")],
    ),
    "an outage that turns out to be a wrong token": (
        {0: OUTAGE, 10: WRONG},
        [(15, "Account main is paused")],
    ),
    "a wrong token that an outage was told as": (
        {0: OUTAGE, 1000: WRONG},
        [(300, "Account main is paused"), (1005, "Account main is paused")],
    ),
    "an outage after a wrong token": ({0: WRONG, 100: OUTAGE}, [(5, "Account main is paused")]),
    "a share that is away for a moment": ({0: AWAY, 60: HERE}, []),
    "a share that stays away": (
        {0: AWAY, 400: HERE},
        [(300, "Inbox scanner is not available"), (405, "Inbox scanner is back")],
    ),
    "a setting that is wrong": (
        {0: SUSPECT},
        [(5, "Inbox scanner is paused: a setting is probably wrong")],
    ),
    "a pause that comes and goes": (
        {0: WRONG, 10: BACK, 20: WRONG, 30: BACK, 40: WRONG, 50: BACK},
        [(5, "Account main is paused"), (15, "Account main is back")],
    ),
    "a pause that comes back and stays": (
        {0: WRONG, 10: BACK, 20: WRONG},
        [
            (5, "Account main is paused"),
            (15, "Account main is back"),
            (605, "Account main is paused"),
        ],
    ),
    "a pause that comes and goes between two messages": (
        {0: WRONG, 10: BACK, 20: WRONG, 610: BACK},
        [
            (5, "Account main is paused"),
            (15, "Account main is back"),
            (605, "Account main is paused"),
            (615, "Account main is back"),
        ],
    ),
    "an end that is not one": ({0: WRONG, 10: BACK, 12: WRONG}, [(5, "Account main is paused")]),
    "one failure": ({0: failed("a")}, [(5, "A document failed")]),
    "neighbours": ({0: failed("a"), 2: failed("b"), 4: failed("c")}, [(5, "3 documents failed")]),
    "failures one after the other": (
        {float(second): failed(f"{second}") for second in range(0, 1200, 60)},
        [(5, "A document failed"), (605, "10 documents failed"), (1205, "9 documents failed")],
    ),
    "different kinds do not wait for each other": (
        {0: failed("a"), 10: WRONG},
        [(5, "A document failed"), (15, "Account main is paused")],
    ),
    "a document that cannot go on, and then does": (
        {0: stuck("a"), 200: Settled("scanner", "a")},
        [],
    ),
    "a document that cannot go on": ({0: stuck("a")}, [(300, "A document cannot go on")]),
    "a document that failed is told though it was delivered later": (
        {0: failed("a"), 2: Settled("scanner", "a")},
        [(5, "A document failed")],
    ),
}


@pytest.mark.parametrize(("story", "told"), STORIES.values(), ids=STORIES)
def test_of_a_story_is_told(story: dict[float, Heard], told: Told) -> None:
    assert told_by(Notices(PACE), story, until=2000) == told


@pytest.mark.parametrize("flaps", range(2, 40, 3))
def test_however_often_it_came_and_went_the_last_word_is_true(flaps: int) -> None:
    story: dict[float, Heard] = {
        60.0 * number: BACK if number % 2 else WRONG for number in range(flaps)
    }

    told = told_by(Notices(PACE), story, until=60.0 * flaps + 1300)

    last = "Account main is back" if flaps % 2 == 0 else "Account main is paused"
    assert told[-1][1] == last
    times = [now for now, title in told if title == last]
    assert all(later - before >= 600 for before, later in pairwise(times))


def test_a_message_names_some_and_counts_the_others() -> None:
    notices = Notices(PACE)
    for number in range(MOST_KEPT + 12):
        notices.hear(failed(f"{number}.pdf"), 0)

    (message,) = notices.due(5)

    assert message.title == f"{MOST_KEPT + 12} documents failed"
    assert [one.name for one in message.subjects] == [f"{n}.pdf" for n in range(MOST_NAMED)]
    assert message.further == MOST_KEPT + 12 - MOST_NAMED


def test_the_same_document_is_told_once_in_a_message() -> None:
    notices = Notices(PACE)
    for _ in range(3):
        notices.hear(failed("a.pdf"), 0)

    assert notices.due(5)[0].title == "A document failed"


def test_it_says_when_there_will_be_something_to_tell() -> None:
    notices = Notices(PACE)
    assert notices.next_due() is None

    notices.hear(OUTAGE, 100)
    assert notices.next_due() == 400
    notices.hear(failed("a"), 110)
    assert notices.next_due() == 115


# ---- what stands, going by the fleet -------------------------------------------------------------


def test_a_trouble_that_nobody_said_is_over_is_over_where_it_does_not_show() -> None:
    notices = Notices(PACE)
    notices.hear(WRONG, 0)
    notices.due(5)

    notices.compare(lambda _: False, 10)

    assert [message.title for message in notices.due(15)] == ["Account main is back"]


def test_a_trouble_that_began_just_now_need_not_show_yet() -> None:
    notices = Notices(PACE)
    notices.hear(SUSPECT, 0)

    notices.compare(lambda _: False, 1)

    assert len(notices.due(5)) == 1


def test_nothing_more_is_said_of_an_account_that_is_not_in_the_settings_any_more() -> None:
    notices = Notices(PACE)
    notices.hear(WRONG, 0)
    notices.due(5)

    notices.compare(lambda _: None, 10)

    assert (notices.due(1000), notices.told) == ([], [])


@pytest.mark.parametrize(("now", "wrong"), [(299, ""), (300, "main: 503")])
def test_what_may_pass_is_no_trouble_until_it_lasted(now: float, wrong: str) -> None:
    notices = Notices(PACE)
    notices.hear(OUTAGE, 0)

    assert notices.trouble(now) == wrong


def test_what_was_heard_to_be_over_is_over_though_it_shows_a_little_longer() -> None:
    notices = Notices(PACE)
    notices.hear(WRONG, 0)
    notices.due(5)
    notices.hear(BACK, 10)

    notices.compare(lambda _: True, 11)  # an account is on trial until a document got through

    assert [message.title for message in notices.due(15)] == ["Account main is back"]
