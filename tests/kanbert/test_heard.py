"""Whoever measures is told of every request: what was asked for, what came, how long, how much."""

from __future__ import annotations

import contextlib

import httpx
import pytest

from ingestd.errors import KanbertError
from ingestd.kanbert import CreateInvoice, RetryPolicy
from tests.kanbert.doubles import Answer, FakeTime, kanbert, ok, page


class Heard:
    """Remembers what it was told, and lets each answer take three seconds."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.told: list[tuple[str, int | None, float, int]] = []

    def __call__(self, operation: str, status: int | None, seconds: float, size: int) -> None:
        self.told.append((operation, status, seconds, size))

    def slowly(self, answer: Answer) -> Answer:
        def answered(_: httpx.Request) -> httpx.Response:
            self.time.time += 3.0
            if isinstance(answer, Exception):
                raise answer
            assert isinstance(answer, httpx.Response)
            return answer

        return answered


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (page(), 200),
        (httpx.Response(401), 401),
        (httpx.Response(503), 503),
        (httpx.Response(302), 302),
        (httpx.Response(200, text="no JSON"), 200),
        (httpx.ReadTimeout("too late"), None),
        (httpx.ConnectError("refused"), None),
    ],
)
def test_each_answer_is_told_and_where_none_came(answer: Answer, status: int | None) -> None:
    heard = Heard()
    client, _ = kanbert(
        heard.slowly(answer),
        on_answer=heard,
        world=heard.time.world(),
        retry=RetryPolicy(attempts=1),
    )

    with contextlib.suppress(KanbertError):
        client.list()

    assert heard.told == [("list", status, 3.0, 0)]


def test_each_attempt_is_told_by_itself() -> None:
    heard = Heard()
    client, _ = kanbert(httpx.Response(503), page(), on_answer=heard, world=heard.time.world())

    client.list()

    assert [status for _, status, *_ in heard.told] == [503, 200]


def test_a_probe_is_told_too() -> None:
    heard = Heard()
    client, _ = kanbert(page(), on_answer=heard)

    client.probe()

    assert [(operation, status) for operation, status, *_ in heard.told] == [("list", 200)]


def test_of_an_upload_its_bytes_are_told() -> None:
    heard = Heard()
    client, server = kanbert(ok({"id": "a"}, 201), on_answer=heard)

    client.create(CreateInvoice(title="Paper"), file=b"%PDF-" + bytes(100_000))

    ((operation, status, _, size),) = heard.told
    assert (operation, status, size) == ("create", 201, len(server.bodies[0]))
