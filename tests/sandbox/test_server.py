from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from ingestd.sandbox import ALL_SCOPES, Fault, Kind, Server, Store, create_app
from tests.sandbox.running import PDF, Running


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as store:
        yield store


def _serve(store: Store, port: int = 0) -> Server:
    return Server(create_app(store, tokens={"t": ALL_SCOPES}), port=port)


def _list(server: Server) -> httpx.Response:
    # With "close" it is the server that closes, after which its port rests for a minute.
    headers = {"Authorization": "Bearer t", "Connection": "close"}
    return httpx.get(f"{server.base_url}/incoming-invoices", headers=headers, timeout=10)


def test_an_address_in_use_is_an_os_error(sandbox: Running) -> None:
    with pytest.raises(OSError, match="in use"):
        _serve(sandbox.store, sandbox.server.port)


def test_a_stopped_server_takes_no_connections_and_its_port_can_be_used_again(store: Store) -> None:
    with _serve(store) as first:
        assert _list(first).status_code == 200
    with pytest.raises(httpx.ConnectError):
        _list(first)

    with _serve(store, first.port) as second:
        assert second.base_url == first.base_url
        assert _list(second).status_code == 200


@pytest.mark.parametrize(
    "fault", [Fault(kind=Kind.COMMIT_THEN_HANG), Fault(kind=Kind.DELAY, delay=60)]
)
def test_hanging_and_idle_connections_do_not_hold_up_the_stop(
    sandbox: Running, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.listed()  # leaves an idle connection
    sandbox.faults.add(fault)
    with ThreadPoolExecutor(1) as pool, sandbox.client_with("test-token") as other:
        hanging = pool.submit(other.get, "/incoming-invoices")
        assert sandbox.journal.wait_for(lambda entries: len(entries) == 2)

        began = time.monotonic()
        sandbox.server.stop()
        took = time.monotonic() - began

        assert isinstance(hanging.exception(timeout=10), httpx.TransportError)
    assert took < 20  # and not the minute that was asked for
    assert caplog.messages == []


def test_connections_that_come_while_it_stops_are_closed(store: Store) -> None:
    came: list[socket.socket] = []

    def come_until_refused(port: int) -> None:
        with suppress(ConnectionError):
            while True:
                came.append(socket.create_connection(("127.0.0.1", port), timeout=5.0))

    for _ in range(10):
        with ThreadPoolExecutor(1) as crowd, _serve(store) as server:
            crowd.submit(come_until_refused, server.port)
        while came:
            with came.pop() as one, suppress(ConnectionError):
                assert one.recv(1) == b""


def test_a_server_that_was_never_started_can_be_stopped(store: Store) -> None:
    server = _serve(store)

    server.stop()

    with _serve(store, server.port):
        pass


def test_serving_in_the_foreground_returns_when_it_is_stopped(store: Store) -> None:
    server = _serve(store)

    def stop_once_served() -> None:
        _list(server)
        server.stop()

    stopper = threading.Thread(target=stop_once_served)
    stopper.start()
    server.serve_forever()
    stopper.join()

    with pytest.raises(httpx.ConnectError):
        _list(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serving_in_the_foreground_returns_on_a_signal(
    store: Store, number: signal.Signals
) -> None:
    server = _serve(store)
    before = signal.getsignal(number)

    def interrupt_once_served() -> None:
        _list(server)
        os.kill(os.getpid(), number)

    interrupter = threading.Thread(target=interrupt_once_served)
    interrupter.start()
    server.serve_forever()
    interrupter.join()

    assert signal.getsignal(number) is before


def test_answers_are_not_held_back_by_nagles_algorithm(sandbox: Running) -> None:
    times = []
    for _ in range(20):
        began = time.monotonic()
        sandbox.create({"title": "x"}, file=PDF)
        times.append(time.monotonic() - began)

    # held back, every single one takes 40 ms: the delayed acknowledgement of tcp(7)
    assert min(times) < 0.04


def test_invoices_outlive_the_server(tmp_path: Path) -> None:
    path = tmp_path / "kanbert.sqlite"
    with Store(path) as store, _serve(store) as server:
        httpx.post(
            f"{server.base_url}/incoming-invoices",
            headers={"Authorization": "Bearer t"},
            files={"title": (None, b"Paper")},
        )

    with Store(path) as reopened:
        assert [invoice.title for invoice in reopened.invoices()] == ["Paper"]


def test_many_clients_at_once_each_get_their_own_invoice(sandbox: Running) -> None:
    def create(number: int) -> str:
        answer = sandbox.create({"external_id": f"e{number}"}, file=PDF)
        return str(answer.json()["external_id"])

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(create, range(80)))

    assert created == [f"e{number}" for number in range(80)]
    assert len({invoice.id for invoice in sandbox.store.invoices()}) == 80
