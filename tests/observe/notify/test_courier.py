"""Messages are carried in order, tried again, and never waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ingestd.errors import SettingsError
from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.courier import close
from tests.observe.notify.channels import PATIENCE, Carried, Way, passing


@pytest.fixture
def hanging() -> Iterator[Way]:
    way = Way(hangs=True)
    yield way
    way.let_go.set()


def test_messages_arrive_in_the_order_that_they_were_posted() -> None:
    carried = Carried(Way())
    for number in range(10):
        carried.courier.post(number)

    carried.end()

    assert carried.way.taken == list(range(10))


def test_what_fails_for_now_is_tried_again() -> None:
    carried = Carried(Way(passing(3)))
    carried.courier.post("a")

    carried.way.wait_for(1)
    carried.end()

    assert (carried.way.tried, carried.way.taken, carried.lines()) == (4, ["a"], [])


def test_what_fails_for_good_is_not() -> None:
    carried = Carried(Way([NotSent("It answered 404", lasting=True)]))
    carried.courier.post("a")
    carried.courier.post("b")

    carried.way.wait_for(1)
    carried.end()

    assert (carried.way.tried, carried.way.taken) == (2, ["b"])


def test_a_message_that_never_arrives_is_given_up_and_said_once() -> None:
    carried = Carried(Way(passing(8)))
    for message in "abc":
        carried.courier.post(message)

    carried.way.wait_for(1)
    carried.end()

    (line,) = carried.lines()
    assert (line["event"], line["level"], line["channel"]) == (
        "notification.failed",
        "warning",
        "way",
    )
    assert line["error"] == "It answered 503."
    assert carried.way.taken == ["c"]


def test_of_what_has_a_title_each_that_does_not_arrive_is_said() -> None:
    carried = Carried(Way(passing(8)), title=str)
    for message in "abc":
        carried.courier.post(message)

    carried.way.wait_for(1)
    carried.end()

    assert [line["message"] for line in carried.lines()] == ["a", "b"]


def test_it_is_said_again_once_something_had_arrived_in_between() -> None:
    carried = Carried(Way([NotSent("gone", lasting=True)]))
    carried.courier.post("a")
    carried.courier.post("b")
    carried.way.wait_for(1)
    carried.way.failures = [NotSent("gone", lasting=True)]
    carried.courier.post("c")
    carried.way.wait_for(3, tried=True)
    carried.end()

    assert [line["event"] for line in carried.lines()] == ["notification.failed"] * 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("a secret"), "It failed with ValueError."),
        (
            SettingsError("notify.webhook_token_file: /t cannot be read."),
            "notify.webhook_token_file: /t cannot be read.",
        ),
    ],
)
def test_whatever_a_service_raises_ends_nothing(error: Exception, said: str) -> None:
    carried = Carried(Way([error]))
    carried.courier.post("a")
    carried.courier.post("b")
    carried.way.wait_for(1)
    carried.end()

    assert [line["error"] for line in carried.lines()] == [said]


def test_the_oldest_messages_give_way_to_newer_ones(hanging: Way) -> None:
    carried = Carried(hanging, most=2)
    carried.courier.post("in hand")
    hanging.wait_for(1, tried=True)
    for message in "abcd":
        carried.courier.post(message)

    hanging.let_go.set()
    carried.end()

    assert hanging.taken == ["in hand", "c", "d"]


def test_what_gave_way_is_said(hanging: Way) -> None:
    carried = Carried(hanging, most=1, title=str)
    carried.courier.post("in hand")
    hanging.wait_for(1, tried=True)

    carried.courier.post("a")
    carried.courier.post("b")

    (line,) = carried.lines()
    assert (line["message"], line["error"]) == ("a", "Too much was waiting to be sent.")


def test_whoever_posts_does_not_wait_for_a_channel_that_hangs(hanging: Way) -> None:
    carried = Carried(hanging)
    carried.courier.post("a")
    hanging.wait_for(1, tried=True)

    carried.courier.post("b")

    assert hanging.taken == []


def test_a_try_that_takes_too_long_is_left_behind_and_no_second_joins_it(hanging: Way) -> None:
    carried = Carried(hanging, longest_try=0.05)
    carried.courier.post("a")
    carried.courier.post("b")

    carried.end()

    assert (hanging.tried, hanging.taken) == (1, [])
    assert [line["event"] for line in carried.lines()] == ["notification.failed"]


def test_at_the_end_a_message_that_waits_is_tried_once_more_at_once() -> None:
    carried = Carried(Way(passing(1)), waits=(3600.0,))
    carried.courier.post("a")
    carried.way.wait_for(1, tried=True)

    carried.end()

    assert carried.way.taken == ["a"]


def test_the_end_waits_so_long_at_most_for_all_together(hanging: Way) -> None:
    other = Way(hangs=True, let_go=hanging.let_go)
    both = [Carried(hanging), Carried(other)]
    for carried in both:
        carried.courier.post("a")
        carried.way.wait_for(1, tried=True)

    times = iter([0.0, 0.0, 0.2])
    close([carried.courier for carried in both], 0.1, lambda: next(times))

    assert (hanging.taken, other.taken) == ([], [])


def test_what_does_not_arrive_in_time_is_said_once_and_not_begun_any_more(hanging: Way) -> None:
    carried = Carried(hanging, title=str)
    for message in "ab":
        carried.courier.post(message)
    hanging.wait_for(1, tried=True)

    close([carried.courier], 0.0, time.monotonic)
    hanging.failures = passing()
    hanging.let_go.set()
    carried.courier.join(PATIENCE)

    assert [line["message"] for line in carried.lines()] == ["a", "b"]
    assert {line["error"] for line in carried.lines()} == {"It was not sent in time."}
    assert hanging.tried == 1


def test_what_arrived_is_not_said_to_be_missing_at_the_end() -> None:
    carried = Carried(Way(), title=str)
    carried.courier.post("a")
    carried.way.wait_for(1)

    close([carried.courier], PATIENCE, time.monotonic)

    assert carried.lines() == []


def test_what_has_no_title_is_not_said_of_each_at_the_end(hanging: Way) -> None:
    carried = Carried(hanging)
    for message in "ab":
        carried.courier.post(message)
    hanging.wait_for(1, tried=True)

    close([carried.courier], 0.0, time.monotonic)

    assert carried.lines() == []


def test_the_end_of_one_that_never_had_anything_is_nothing() -> None:
    carried = Carried(Way())

    close([carried.courier], PATIENCE, time.monotonic)

    assert carried.lines() == []
