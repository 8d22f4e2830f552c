"""Proxies, only where one is named; connections, reused."""

from __future__ import annotations

import logging
import select
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ingestd.errors import (
    NotFound,
    SettingsError,
    Unavailable,
)
from ingestd.kanbert import BearerToken, Kanbert
from tests.kanbert.connected import INVOICE, ONCE, PAGE, client, create, say_nothing
from tests.kanbert.doubles import TOKEN
from tests.kanbert.servers import (
    Server,
    answer,
    answering,
    read_request,
    serving,
)


def test_the_environment_has_no_say_in_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(answering(PAGE)) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.address}")
        with (
            Kanbert("https://kanbert.invalid", BearerToken(TOKEN), retry=ONCE) as kanbert,
            pytest.raises(Unavailable),
        ):
            kanbert.list()

    assert proxy.connections == 0


def through(target: Server) -> Callable[[Server, socket.socket], None]:
    """Be a proxy: read a CONNECT, then pass bytes both ways."""

    def talk(proxy: Server, connection: socket.socket) -> None:
        read_request(proxy, connection)
        with socket.create_connection(("127.0.0.1", target.port)) as onward:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            _pass_bytes(connection, onward)

    return talk


def _pass_bytes(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways, in one thread: two at once break a connection with TLS now and then."""
    while True:
        pending = [one] if isinstance(one, ssl.SSLSocket) and one.pending() else []
        for source in pending or select.select([one, other], [], [])[0]:
            got = source.recv(65536)
            if not got:
                return
            (other if source is one else one).sendall(got)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_used_where_one_is_named_and_sees_no_token(certified: Any, scheme: str) -> None:
    pem, tls = certified

    with (
        serving(answering(INVOICE), tls) as server,
        serving(through(server), tls if scheme == "https" else None) as proxy,
        Kanbert(
            "https://kanbert.invalid/api/v1",
            BearerToken(TOKEN),
            ca_bundle=pem,
            proxy=f"{scheme}://me:pw@127.0.0.1:{proxy.port}",
            retry=ONCE,
        ) as kanbert,
    ):
        create(kanbert, b"%PDF-" + bytes(100_000))

    assert bytes(100_000) in server.heard[0]
    (connect,) = proxy.heard
    assert connect.startswith(b"CONNECT kanbert.invalid:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cHc=" in connect
    assert TOKEN.encode() not in connect


def test_a_proxy_that_refuses_means_nothing_was_carried_out() -> None:
    with serving(answering(answer(407))) as proxy:
        address = f"http://me:pw@{proxy.address}"
        with (
            Kanbert("https://k.invalid", BearerToken(TOKEN), proxy=address, retry=ONCE) as kanbert,
            pytest.raises(Unavailable, match="the proxy refused") as raised,
        ):
            create(kanbert)

    assert "pw" not in str(raised.value)


def test_a_proxy_that_never_answers_means_nothing_was_carried_out() -> None:
    with (
        serving(say_nothing) as proxy,
        Kanbert(
            "https://kanbert.invalid",
            BearerToken(TOKEN),
            proxy=f"http://{proxy.address}",
            timeout=0.3,
            retry=ONCE,
        ) as kanbert,
        pytest.raises(Unavailable, match="no answer in time"),
    ):
        create(kanbert)


def test_this_machine_is_not_asked_for_through_a_proxy() -> None:
    with (
        serving(answering(PAGE)) as server,
        serving(answering(PAGE)) as proxy,
        client(server, proxy=f"http://{proxy.address}") as kanbert,
    ):
        kanbert.list()

    assert (server.connections, proxy.connections) == (1, 0)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "127.0.0.1:3128", "http://"])
def test_a_proxy_that_cannot_be_used_is_refused(proxy: str) -> None:
    with pytest.raises(SettingsError, match="proxy must begin with http://"):
        Kanbert("https://kanbert.invalid", BearerToken(TOKEN), proxy=proxy)


def test_a_token_never_shows_in_the_logs_of_the_network(
    certified: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pem, tls = certified

    with (
        serving(answering(INVOICE), tls) as server,
        serving(through(server)) as proxy,
        Kanbert(
            "https://kanbert.invalid/api/v1",
            BearerToken(TOKEN),
            ca_bundle=pem,
            proxy=f"http://{proxy.address}",
        ) as kanbert,
    ):
        create(kanbert)

    assert TOKEN.encode() in server.heard[0]
    assert TOKEN not in caplog.text
    assert "httpcore" in caplog.text


def test_a_request_that_fails_gives_its_connection_back() -> None:
    with serving(answering(PAGE)) as server:
        pass

    with client(server, pool_size=1, timeout=0.3) as kanbert:
        for _ in range(3):
            with pytest.raises(Unavailable, match="refused"):
                kanbert.list()


def test_connections_are_reused() -> None:
    with serving(answering(PAGE)) as server, client(server) as kanbert:
        for _ in range(20):
            kanbert.list()

    assert (server.connections, len(server.heard)) == (1, 20)


def test_threads_share_a_client_and_its_connections() -> None:
    not_found = answer(404, b'{"message": "no"}', "Content-Type: application/json")

    def ask(kanbert: Kanbert) -> None:
        with pytest.raises(NotFound):
            kanbert.get("a")

    with (
        serving(answering(not_found)) as server,
        client(server, pool_size=3) as kanbert,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(lambda _: ask(kanbert), range(80)))

    assert len(server.heard) == 80
    assert server.connections <= 3
