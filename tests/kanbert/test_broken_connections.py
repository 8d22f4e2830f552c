"""What was sent, what was not, and what that means."""

from __future__ import annotations

import socket
import threading

import pytest

from ingestd.errors import (
    AccountTrouble,
    KanbertError,
    OutcomeUnknown,
    Unavailable,
)
from ingestd.kanbert import BearerToken, Kanbert
from tests.kanbert.connected import ONCE, PAGE, SOME, client, create
from tests.kanbert.doubles import TOKEN
from tests.kanbert.servers import (
    Server,
    answer,
    answering,
    read_request,
    reset,
    serving,
)


def test_nobody_listening_means_nothing_was_carried_out() -> None:
    with serving(answering(PAGE)) as server:
        pass

    with client(server) as kanbert, pytest.raises(Unavailable, match="refused"):
        create(kanbert)


def test_a_name_without_an_address_means_nothing_was_carried_out() -> None:
    with (
        Kanbert("https://kanbert.invalid", BearerToken(TOKEN), retry=ONCE) as kanbert,
        pytest.raises(Unavailable, match="cannot be looked up"),
    ):
        create(kanbert)


def test_a_label_too_long_for_a_name_means_nothing_was_carried_out() -> None:
    with (
        Kanbert(f"https://{'x' * 64}.invalid", BearerToken(TOKEN), retry=ONCE) as kanbert,
        pytest.raises(Unavailable, match="cannot be looked up"),
    ):
        create(kanbert)


def test_a_reset_after_the_request_leaves_it_unknown() -> None:
    def hang_up(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        reset(connection)

    with (
        serving(hang_up) as server,
        client(server) as kanbert,
        pytest.raises(OutcomeUnknown, match="connection broke"),
    ):
        create(kanbert)


def test_a_reset_of_a_reused_connection_leaves_it_unknown() -> None:
    def answer_once(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        connection.sendall(PAGE)
        read_request(server, connection)

    with serving(answer_once) as server, client(server) as kanbert:
        kanbert.list()
        with pytest.raises(OutcomeUnknown, match="disconnected"):
            create(kanbert)

    assert server.connections == 1


def test_a_connection_closed_while_idle_is_not_used_again() -> None:
    closed = threading.Event()

    def answer_once(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        connection.sendall(PAGE)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with serving(answer_once) as server, client(server) as kanbert:
        kanbert.list()
        closed.wait(5)
        kanbert.list()

    assert server.connections == 2


def test_a_delete_without_an_answer_is_unknown_though_it_has_no_body() -> None:
    def hang_up(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)

    with serving(hang_up) as server, client(server) as kanbert, pytest.raises(OutcomeUnknown):
        kanbert.delete_booking("a", "b")


def test_an_answer_that_comes_before_the_document_was_sent_counts() -> None:
    def refuse_early(_: Server, connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer(413, b"<html>", "Content-Type: text/html", "Connection: close"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            pass

    with (
        serving(refuse_early) as server,
        client(server) as kanbert,
        pytest.raises(KanbertError) as raised,
    ):
        create(kanbert, SOME)

    assert raised.value.answer.status == 413


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"HTTP/1.1 201 Created", OutcomeUnknown),
        (b"HTTP/1.1 403 Forbidden", AccountTrouble),
        (b"HTTP/1.1 503 Later", Unavailable),
    ],
)
def test_a_status_counts_though_its_body_is_cut_short(
    head: bytes, kind: type[KanbertError]
) -> None:
    def cut(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        connection.sendall(head + b'\r\nContent-Length: 100\r\n\r\n{"id": "a"}')

    with serving(cut) as server, client(server) as kanbert, pytest.raises(kind):
        create(kanbert)


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 201 x\r\nX: " + b"x" * 200_000,
    ],
)
def test_what_is_no_http_leaves_it_unknown(said: bytes) -> None:
    with (
        serving(answering(said)) as server,
        client(server, timeout=0.3) as kanbert,
        pytest.raises(OutcomeUnknown),
    ):
        create(kanbert)
