"""The first meeting: how long the answer takes, what time Kanbert has, what the token may do."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from ingestd.errors import AccountTrouble, Unavailable
from ingestd.kanbert import World
from tests.kanbert.doubles import NOON, FakeTime, kanbert, ok, page


def told(date: str, took: float = 0.0) -> float | None:
    """How far Kanbert's clock is said to be ahead where it answers with this date."""
    time = FakeTime()

    def answer(_: httpx.Request) -> httpx.Response:
        time.time += took
        return httpx.Response(200, headers={"Date": date}, json=json.loads(page().content))

    world = World(lambda: time.time, lambda: NOON + timedelta(seconds=time.time - 1000))
    client, _ = kanbert(answer, world=world)
    return client.meet().ahead


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Mon, 15 Jan 2024 12:00:00 GMT", 0.0),
        ("Mon, 15 Jan 2024 12:06:40 GMT", 400.0),
        ("Mon, 15 Jan 2024 11:59:00 GMT", -60.0),
        ("around noon", None),
        ("", None),
    ],
)
def test_the_clocks_are_compared_where_the_answer_tells_the_time(
    date: str, ahead: float | None
) -> None:
    assert told(date) == ahead


def test_the_time_is_taken_half_way_so_that_a_slow_answer_is_no_wrong_clock() -> None:
    assert told("Mon, 15 Jan 2024 12:00:20 GMT", took=40.0) == 0.0


def test_it_is_told_how_long_the_answer_took() -> None:
    time = FakeTime()

    def answer(_: httpx.Request) -> httpx.Response:
        time.time += 2.5
        return page()

    client, server = kanbert(answer, world=time.world())

    assert client.meet().took == 2.5
    assert server.asked[0].url.query == b"page%5Bsize%5D=1"


@pytest.mark.parametrize(
    ("answer", "error"), [(httpx.Response(401), AccountTrouble), (httpx.Response(503), Unavailable)]
)
def test_an_account_that_is_not_accepted_is_the_error_of_any_call_and_asked_once(
    answer: httpx.Response, error: type[Exception]
) -> None:
    client, server = kanbert(answer)

    with pytest.raises(error):
        client.meet()

    assert len(server.asked) == 1


# ---- may the token write? ------------------------------------------------------------------------


def test_whether_it_may_write_is_asked_by_a_change_of_nothing_to_no_invoice() -> None:
    client, server = kanbert(ok({"message": "Not found."}, 404))

    client.may_write()

    (asked,) = server.asked
    assert (asked.method, asked.url.path) == (
        "PATCH",
        "/api/v1/incoming-invoices/00000000-0000-0000-0000-000000000000",
    )
    assert asked.content == b"{}"


@pytest.mark.parametrize(
    ("status", "said", "may"),
    [
        (404, {"message": "Not found."}, True),
        (422, {"message": "The id is invalid."}, True),
        (200, {}, True),
        (403, {"message": "Invalid scope(s) provided."}, False),
        (403, {"message": "Invalid ability provided."}, False),
        (403, {"message": "This action is unauthorized."}, None),
        (404, "<html>", None),
        (401, {"message": "Unauthenticated."}, None),
        (500, {"message": "Server Error"}, None),
        (503, {}, None),
    ],
)
def test_what_the_answer_says_of_the_right_to_write(
    status: int, said: object, may: bool | None
) -> None:
    client, server = kanbert(ok(said, status))

    assert client.may_write() is may
    assert len(server.asked) == 1
