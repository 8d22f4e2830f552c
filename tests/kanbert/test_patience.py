"""How long the client waits, and for what."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from ingestd.errors import OutcomeUnknown, Unavailable
from ingestd.kanbert import (
    BearerToken,
    Kanbert,
    RetryPolicy,
)
from tests.kanbert.doubles import BASE, TOKEN, FakeTime, kanbert, page


def test_a_deadline_ends_the_attempts() -> None:
    time = FakeTime(dice=1.0)
    client, server = kanbert(
        httpx.Response(503),
        retry=RetryPolicy(attempts=100, first_wait=10, longest_wait=10),
        deadline=25.0,
        world=time.world(),
    )

    with pytest.raises(Unavailable):
        client.list()

    assert (len(server.asked), time.naps) == (3, [10.0, 10.0])


def test_a_server_is_given_the_time_it_asks_for() -> None:
    time = FakeTime(dice=0.0)
    busy = httpx.Response(429, headers={"Retry-After": "Mon, 15 Jan 2024 12:00:40 GMT"})
    client, _ = kanbert(busy, page(), world=time.world())

    client.list()

    assert time.naps == [40.0]


def test_a_server_that_asks_for_too_much_time_is_left_to_the_caller() -> None:
    time = FakeTime()
    client, _ = kanbert(httpx.Response(503, headers={"Retry-After": "61"}), world=time.world())

    with pytest.raises(Unavailable) as raised:
        client.list()

    assert (raised.value.answer.retry_after, time.naps) == (61.0, [])


def test_stopping_ends_the_waiting() -> None:
    stop = threading.Event()
    stop.set()
    client, server = kanbert(httpx.Response(503), stop=stop)

    with pytest.raises(Unavailable):
        client.list()

    assert len(server.asked) == 1


def test_requests_keep_our_own_limit() -> None:
    time = FakeTime()
    client, _ = kanbert(page(), requests_per_minute=60, world=time.world())

    for _ in range(3):
        client.list()

    assert time.naps == [1.0, 1.0]


def test_a_turn_that_does_not_come_in_time_is_no_request() -> None:
    client, server = kanbert(page(), requests_per_minute=0.1, deadline=60.0)
    client.list()

    with pytest.raises(Unavailable, match="no turn"):
        client.list()

    assert len(server.asked) == 1


def test_somebody_can_be_told_of_retries() -> None:
    told: list[tuple[str, int]] = []
    client, _ = kanbert(
        httpx.Response(503), page(), on_retry=lambda error, n, _: told.append((str(error), n))
    )

    client.list()

    assert told == [("Kanbert did not list the invoices: status 503.", 1)]


def test_a_deadline_that_has_passed_sends_nothing() -> None:
    client, server = kanbert(page(), deadline=0.0)

    with pytest.raises(Unavailable, match="deadline passed before it was sent"):
        client.list()

    assert server.asked == []


def test_an_answer_is_not_read_past_the_deadline() -> None:
    time = FakeTime()

    def dripping() -> Iterator[bytes]:
        for _ in range(100):
            time.nap(10.0)
            yield b" "

    client, _ = kanbert(
        lambda _: httpx.Response(200, content=dripping()), deadline=25.0, world=time.world()
    )

    with pytest.raises(OutcomeUnknown, match="the deadline passed"):
        client.list()

    assert time.naps == [10.0, 10.0, 10.0]


def test_it_can_be_used_in_a_with() -> None:
    closed: list[bool] = []

    class Transport(httpx.MockTransport):
        def close(self) -> None:
            closed.append(True)

    with Kanbert(BASE, BearerToken(TOKEN), transport=Transport(lambda _: page())) as client:
        client.list()

    assert closed == [True]


def test_cookies_are_not_kept() -> None:
    client, server = kanbert(httpx.Response(200, json={"data": []}, headers={"set-cookie": "a=b"}))

    client.list()
    client.list()

    assert "cookie" not in server.asked[1].headers


def test_json_may_say_more_than_it_must() -> None:
    client, _ = kanbert(
        httpx.Response(200, content=json.dumps({"data": [{"id": "a", "x": {}}], "y": 1}))
    )

    assert client.list().data[0].model_extra == {"x": {}}
