"""A socket, and the thread that answers on it.

Whoever connects may be slow, greedy or hostile: there are so many connections at most, each is
given so many seconds for its one request, and none of it is a delivery's concern. While nobody
asks, nothing wakes up.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 32
"""At a time; the one that came first gives way to the next. Each takes a file descriptor, of
which deliveries need some too."""
LONGEST_REQUEST = 10.0
"""Seconds for a connection in all."""
LONGEST_FAREWELL = 1.0
"""Seconds."""
_BACKLOG = 16
"""Connections that the kernel keeps until they are accepted; asyncio accepts as many in one go."""
_LAST_TURNS = 4
"""Of the loop: asyncio makes a connection in the second turn after it was accepted, we break it in
the third at the latest, and it is closed in the fourth."""


class Listener:
    """Serves an application on one address."""

    def __init__(
        self, app: ASGIApp, host: str, port: int, *, longest_request: float = LONGEST_REQUEST
    ) -> None:
        """Do nothing yet.

        :param host: an IP address.
        :param port: 0: whichever is free.
        """
        self._address = host, port
        self._socket: socket.socket | None = None
        self._config = uvicorn.Config(
            app,
            http=_bounded(longest_request),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",  # what strangers send is no news
            access_log=False,
            backlog=_BACKLOG,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            headers=[("Connection", "close"), ("Cache-Control", "no-store")],
        )
        self._server = _Server(self._config)
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self._socket.getsockname()[:2] if self._socket else self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def runs(self) -> bool:
        """Whether it was started, and has not ended."""
        return self._thread is not None and self._thread.is_alive()

    def bind(self) -> None:
        """Take the address; connections wait until `start`.

        :raises OSError: if it cannot be had, for instance because it is in use.
        """
        if self._socket is None:
            self._socket = _bound(*self._address)

    def start(self) -> None:
        """Answer, in a thread of its own; anew, where that has ended.

        :raises OSError: as `bind` does, unless that was done.
        """
        if self._thread is not None:
            self._socket, self._server, self._thread = None, _Server(self._config), None
        self.bind()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._thread.start()

    def failure(self) -> BaseException | None:
        """What ended it without having been asked to; told once."""
        failure, self._failure = self._failure, None
        return failure

    def stop(self) -> None:
        """Break all connections and answer no more; waits a second at most."""
        self._server.stop()
        if self._thread is not None:
            self._thread.join(LONGEST_FAREWELL)
        elif self._socket is not None:
            self._socket.close()

    def _run(self) -> None:
        assert self._socket is not None  # it was started
        with self._socket as bound:
            try:
                self._server.run(sockets=[bound])
            except BaseException as error:  # noqa: BLE001 - SystemExit too: it would end without a word
                self._failure = error


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


class _Server(uvicorn.Server):
    """Waits to be stopped; uvicorn's own looks ten times a second whether it is."""

    _loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """End it, from any thread."""
        self.should_exit = True
        if self._loop is not None:  # else it finds that when it gets there
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._asked_to_stop.set)

    async def main_loop(self) -> None:
        await self.on_tick(0)  # sets the headers that go with every answer
        self._asked_to_stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._asked_to_stop.wait()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        self.servers = []  # for what ends it before it has any
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            try:
                runner.run(self.serve(sockets))
            finally:  # a bug that ends the loop does not end the connections
                _complete(self._break_connections(), runner.get_loop())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave that to `run`: uvicorn's own waits for who is connected, and not after a bug."""

    async def _break_connections(self) -> None:
        for sock in (sock for server in self.servers for sock in server.sockets):
            asyncio.get_running_loop().remove_reader(sock.fileno())  # accept no more
        for _ in range(_LAST_TURNS):
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
        for server in self.servers:  # not before: Python 3.11 then loses who was just accepted
            server.close()


def _complete(last: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> None:
    """Run it to its end, whatever else would end the loop meanwhile."""
    task = loop.create_task(last)
    while not task.done():
        with contextlib.suppress(SystemExit, KeyboardInterrupt):  # the first was told
            loop.run_until_complete(task)


def _bounded(longest: float) -> type[H11Protocol]:
    """Make connections that end after so many seconds, whatever comes of them."""

    class Bounded(H11Protocol):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._end: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._end = self.loop.call_later(longest, transport.abort)
            if len(self.connections) > MOST_CONNECTIONS:
                first = min(self.connections, key=_ends_at)
                # it ends a little later, and of those that came with this one each ends another
                self.connections.discard(first)
                first.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            if self._end is not None:
                self._end.cancel()
            super().connection_lost(exc)

        @property
        def ends_at(self) -> float:
            return self._end.when() if self._end else 0.0

    return Bounded


def _ends_at(connection: Any) -> float:
    return float(connection.ends_at)
