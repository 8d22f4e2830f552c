from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import httpcore
import httpx
import pytest

from ingestd.kanbert.direct import DirectConnection, send_request
from ingestd.kanbert.transport import Allowance, Body, Request
from tests.kanbert.connected import PAGE
from tests.kanbert.readers import READERS
from tests.kanbert.servers import Server, answer, answering, serving

LENGTH = {"Host": "x", "Content-Length": "200000"}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=READERS)
def direct(clock: Clock, request: pytest.FixtureRequest) -> DirectConnection:
    return DirectConnection(ssl.create_default_context(), keep=4.0, clock=clock, read=request.param)


def a_get(server: Server) -> Request:
    url = httpx.URL(f"http://{server.address}/")
    return Request("GET", url, {"Host": "x"}, Body([]), Allowance(10, 1e9, lambda: 0.0), turn=10.0)


def a_post(body: Body) -> Request:
    url, allowance = httpx.URL("http://localhost/"), Allowance(10, 1e9, lambda: 0.0)
    return Request("POST", url, {"Host": "xyz"}, body, allowance, turn=10.0)


def ask(direct: DirectConnection, server: Server) -> bytes:
    received = direct.send(a_get(server))
    body = b"".join(received.chunks())
    received.close()
    return body


def test_a_connection_is_kept_for_the_next_request(direct: DirectConnection) -> None:
    with serving(answering(PAGE)) as server, closing(direct):
        answers = [ask(direct, server) for _ in range(3)]

    assert (len(set(answers)), server.connections) == (1, 1)


def test_a_connection_is_not_used_once_the_server_may_be_about_to_hang_up(
    direct: DirectConnection, clock: Clock
) -> None:
    with serving(answering(PAGE)) as server, closing(direct):
        ask(direct, server)
        clock.now += 4.1
        ask(direct, server)

    assert server.connections == 2


def test_another_server_is_asked_over_a_connection_of_its_own(direct: DirectConnection) -> None:
    with serving(answering(PAGE)) as one, serving(answering(PAGE)) as other, closing(direct):
        for server in (one, other, one):
            ask(direct, server)

    assert (one.connections, other.connections) == (2, 1)


def test_an_answer_that_was_not_read_whole_ends_the_connection(direct: DirectConnection) -> None:
    with serving(answering(PAGE)) as server, closing(direct):
        direct.send(a_get(server)).close()
        ask(direct, server)

    assert server.connections == 2


@pytest.mark.parametrize(
    "said",
    [
        answer(200, b"{}", "Connection: close"),
        answer(200, b"{}") + b"HTTP/1.1 200 OK",
        answer(200, b"{}").replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
    ids=["about to close", "not asked for", "an old one"],
)
def test_a_connection_that_ends_with_its_answer_is_not_used_again(
    direct: DirectConnection, said: bytes
) -> None:
    with serving(answering(said)) as server, closing(direct):
        for _ in range(2):
            ask(direct, server)

    assert server.connections == 2


class Mute(socket.socket):
    """What is written to it goes nowhere."""

    def sendmsg(self, *_: Any) -> int:
        raise BrokenPipeError


class MuteNetwork(httpcore.NetworkBackend):
    """Connects to whom one can only listen to."""

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        listening = Mute(fileno=socket.create_connection((host, port)).detach())

        class Stream(httpcore.NetworkStream):
            def get_extra_info(self, _: str) -> socket.socket:
                return listening

        return Stream()


def test_a_connection_that_broke_while_it_was_asked_is_not_used_again(clock: Clock) -> None:
    def answer_unasked(server: Server, connection: socket.socket) -> None:
        connection.sendall(PAGE)
        server.done.wait()

    context = ssl.create_default_context()
    with (
        serving(answer_unasked) as server,
        closing(DirectConnection(context, keep=4.0, clock=clock, network=MuteNetwork())) as direct,
    ):
        answers = [ask(direct, server) for _ in range(2)]

    assert (len(set(answers)), server.connections) == (1, 2)


class Breaking:
    """A connection that takes so many bytes before it breaks, three at a time."""

    def __init__(self, taken: int) -> None:
        self.left = taken

    def send(self, parts: Sequence[memoryview], allowance: Allowance) -> int:
        assert parts
        assert allowance
        if self.left <= 0:
            raise httpcore.WriteError("broken")
        self.left -= 3
        return 3


HEAD = len(b"POST / HTTP/1.1\r\nHost: xyz\r\n\r\n")


@pytest.mark.parametrize("body", [[], [b"body"]], ids=["no body", "a body"])
@pytest.mark.parametrize(
    ("taken", "begun"), [(0, False), (3, False), (HEAD - 3, False), (HEAD, True)]
)
def test_a_body_counts_as_begun_once_all_of_the_head_is_written(
    taken: int, begun: bool, body: list[bytes]
) -> None:
    request = a_post(Body(body))

    send_request(request, Breaking(taken))

    assert request.body.begun is begun


def test_a_request_that_is_taken_in_pieces_is_said_whole() -> None:
    request = a_post(Body([b"abc"]))

    assert send_request(request, Breaking(HEAD + 3))


def test_who_wants_to_know_is_told_of_each_piece_of_a_document(
    direct: DirectConnection,
) -> None:
    told: list[int] = []
    document = bytes(200_000)

    with serving(answering(PAGE)) as server, closing(direct):
        body = Body([document], lambda sent, _: told.append(sent))
        direct.send(replace(a_get(server), headers=LENGTH, body=body)).close()

    assert told[-1] == len(document)
    assert told == sorted(told)
    assert len(told) >= 4
