from __future__ import annotations

import ssl
from contextlib import closing

import httpx
import pytest

from ingestd.kanbert.direct import Direct
from tests.kanbert.connected import PAGE
from tests.kanbert.servers import Server, answering, serving

TIMEOUTS = dict.fromkeys(("connect", "read", "write"), 10.0)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def direct(clock: Clock) -> Direct:
    return Direct(ssl.create_default_context(), keep=4.0, clock=clock)


def ask(direct: Direct, server: Server) -> bytes:
    request = httpx.Request("GET", f"http://{server.address}/", extensions={"timeout": TIMEOUTS})
    received = direct.send(request)
    body = b"".join(received.iter_stream())
    received.close()
    return body


def test_a_connection_is_kept_for_the_next_request(direct: Direct) -> None:
    with serving(answering(PAGE)) as server, closing(direct):
        answers = [ask(direct, server) for _ in range(3)]

    assert (len(set(answers)), server.connections) == (1, 1)


def test_a_connection_is_not_used_once_the_server_may_be_about_to_hang_up(
    direct: Direct, clock: Clock
) -> None:
    with serving(answering(PAGE)) as server, closing(direct):
        ask(direct, server)
        clock.now += 4.1
        ask(direct, server)

    assert server.connections == 2


def test_another_server_is_asked_over_a_connection_of_its_own(direct: Direct) -> None:
    with serving(answering(PAGE)) as one, serving(answering(PAGE)) as other, closing(direct):
        for server in (one, other, one):
            ask(direct, server)

    assert (one.connections, other.connections) == (2, 1)


def test_an_answer_that_was_not_read_whole_ends_the_connection(direct: Direct) -> None:
    with serving(answering(PAGE)) as server, closing(direct):
        request = httpx.Request(
            "GET", f"http://{server.address}/", extensions={"timeout": TIMEOUTS}
        )
        direct.send(request).close()
        ask(direct, server)

    assert server.connections == 2
