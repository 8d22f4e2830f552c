"""Whoever connects, and whatever they send: the next one is answered, and it ends when asked to."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ingestd.web import Listener, create_app
from ingestd.web.guard import Guard
from ingestd.web.listener import MOST_CONNECTIONS
from tests.web.asking import PATIENCE, ask, connect, is_closed
from tests.web.ending import end, ends, web_thread

HOUR = 3600.0
APP = create_app(
    alive=lambda: True, readiness=lambda: {"ready": True}, metrics=lambda: b"", guard=Guard(None)
)


@contextlib.contextmanager
def listening(
    longest_request: float = HOUR, host: str = "127.0.0.1", app: ASGIApp = APP
) -> Iterator[Listener]:
    listener = Listener(app, host, 0, longest_request=longest_request)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_who_asks_is_answered_at_its_url(host: str) -> None:
    with listening(host=host) as listener:
        assert ask(listener.url, "/healthz").body == "ok\n"


def test_a_connection_is_for_one_request() -> None:
    with listening() as listener, connect(listener.url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))

    assert answer.endswith(b"ok\n")
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: ", b"GET"])
def test_who_does_not_finish_the_request_is_not_waited_for(sent: bytes) -> None:
    with listening(longest_request=0.05) as listener, connect(listener.url) as connection:
        connection.sendall(sent)

        assert is_closed(connection)


def test_who_came_first_gives_way_where_too_many_say_nothing() -> None:
    with listening() as listener, contextlib.ExitStack() as opened:
        silent = [opened.enter_context(connect(listener.url)) for _ in range(MOST_CONNECTIONS)]

        answered = ask(listener.url, "/healthz").status

        assert answered == 200
        assert is_closed(silent[0])


def test_as_many_give_way_as_come_at_the_same_time() -> None:
    busy, go_on = threading.Event(), threading.Event()

    def alive() -> bool:
        busy.set()
        return go_on.wait(30)

    app = create_app(
        alive=alive, readiness=lambda: {"ready": True}, metrics=lambda: b"", guard=Guard(None)
    )
    with listening(app=app) as listener, contextlib.ExitStack() as opened:
        silent = [opened.enter_context(connect(listener.url)) for _ in range(MOST_CONNECTIONS)]
        asking = opened.enter_context(connect(listener.url))
        asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert busy.wait(30)
        for _ in range(8):  # nobody is accepted meanwhile
            opened.enter_context(connect(listener.url))
        go_on.set()

        assert all(is_closed(connection) for connection in silent[:8])


GARBAGE = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01" * 50,
    "a head without end": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100_000,
    "a line without end": b"GET /" + b"a" * 1_000_000,
    "a length that is none": b"GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "another protocol": b"GET /healthz HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
    b"Connection: upgrade\r\n\r\n",
    "a body without end": b"POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n"
    + b"a" * 1_000_000,
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE)
def test_who_sends_what_is_no_request_is_cut_off_and_the_next_is_answered(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with listening() as listener, connect(listener.url) as connection:
        with contextlib.suppress(ConnectionError):  # cut off before all was sent
            connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while connection.recv(65536):
                pass

        assert ask(listener.url, "/healthz").status == 200
    assert caplog.messages == []  # or strangers could fill the log


def test_an_address_that_is_in_use_is_told_when_it_is_bound() -> None:
    with listening() as listener:
        port = int(listener.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use") as raised:
            Listener(APP, "127.0.0.1", port).bind()

    assert raised.value.errno == errno.EADDRINUSE


def test_it_ends_at_once_though_somebody_is_connected() -> None:
    listener = Listener(APP, "127.0.0.1", 0)
    listener.start()
    with connect(listener.url) as connection:
        connection.sendall(b"GET")
        assert ask(listener.url, "/healthz").status == 200  # so the one before was accepted
        listener.stop()

        assert is_closed(connection)
    assert "web" not in {thread.name for thread in threading.enumerate()}


def _mistake(listener: Listener) -> None:
    del listener
    sys.exit("a bug")


def _stop(listener: Listener) -> None:
    with contextlib.suppress(RuntimeError):  # its own thread cannot wait for it
        listener.stop()


@pytest.mark.parametrize("end_it", [_mistake, _stop])
def test_whatever_ends_it_nobody_stays_connected_not_even_who_was_just_accepted(
    end_it: Callable[[Listener], None],
) -> None:
    busy, go_on = threading.Event(), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        busy.set()
        assert go_on.wait(PATIENCE)
        for _ in range(2):  # as two requests do at the same time
            asyncio.get_running_loop().call_soon(end_it, listener)
        while (await receive())["type"] != "http.disconnect":
            pass
        connections.append(opened.enter_context(connect(listener.url)))  # while it ends

    with listening(app=app) as listener, contextlib.ExitStack() as opened:
        connections = [opened.enter_context(connect(listener.url)) for _ in range(3)]
        connections[-1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert busy.wait(PATIENCE)
        connections.append(opened.enter_context(connect(listener.url)))  # accepted as it ends
        thread = web_thread()
        go_on.set()
        thread.join(PATIENCE)

        assert len(connections) == 5
        assert all(is_closed(connection) for connection in connections)


def test_an_address_can_be_taken_again_once_it_was_let_go() -> None:
    with listening() as listener:
        port = int(listener.url.rsplit(":", 1)[1])
        ask(listener.url, "/healthz")

    again = Listener(APP, "127.0.0.1", port)
    again.bind()
    again.stop()


def test_what_ended_it_is_told_once_and_nobody_is_kept_waiting() -> None:
    with listening(app=ends) as listener:
        end(url := listener.url)

        with pytest.raises(ConnectionRefusedError):
            connect(url)
        assert not listener.runs
        assert (str(listener.failure()), listener.failure()) == ("a bug", None)


def test_it_can_be_started_anew_after_something_ended_it() -> None:
    with listening(app=ends) as listener:
        end(listener.url)

        listener.start()

        assert listener.runs
        connect(listener.url).close()


def test_it_can_be_started_anew_after_it_was_stopped() -> None:
    with listening() as listener:
        listener.stop()

        listener.start()

        assert ask(listener.url, "/healthz").status == 200


def test_it_can_end_before_it_began() -> None:
    listener = Listener(APP, "127.0.0.1", 0)
    listener.bind()
    port = int(listener.url.rsplit(":", 1)[1])

    listener.stop()

    other = Listener(APP, "127.0.0.1", port)
    other.bind()
    other.stop()
