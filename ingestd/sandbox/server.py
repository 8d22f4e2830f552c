"""The sandbox as a server of its own, in a thread or in the foreground."""

from __future__ import annotations

import asyncio
import signal
import socket
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ingestd.sandbox.misbehaviour import ABORT

_LOOK_EVERY = 0.02  # seconds between two looks whether to stop
_TURNS_TO_CONNECT = 3
"""Of asyncio's loop, from the kernel's accept to a protocol that knows of its connection."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Server:
    """Serves an application on a socket that is bound at once.

    Raises:
        OSError: the address cannot be bound, for instance because it is in use.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> None:
        self._socket = _bound(host, port)
        self.host = f"[{host}]" if ":" in host else host
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app, http=_Connection, ws="none", lifespan="off", log_config=None, access_log=False
        )
        self._uvicorn = _Uvicorn(config)
        self._serving = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def root_url(self) -> str:
        """The URL that `/oauth/token` and `/_control` are below."""
        return f"http://{self.host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The URL that the API's operations are below."""
        return f"{self.root_url}/api/v1"

    def start(self) -> None:
        """Serve in a thread; the first connection may be made at once."""
        self._thread.start()

    def stop(self) -> None:
        """Break all connections, whatever they wait for, and stop serving."""
        self._uvicorn.should_exit = True
        with self._serving:
            self._socket.close()
        if self._thread.ident is not None:
            self._thread.join()

    def serve_forever(self) -> None:
        """Serve until SIGINT, SIGTERM or `stop`, then return."""
        self._run()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        with self._serving:
            if not self._uvicorn.should_exit:
                self._uvicorn.run(sockets=[self._socket])


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections, which wait until they are served."""
    # asyncio switches Nagle's algorithm off only where the protocol is named: without it, every
    # answer was 40 ms late (the delayed acknowledgement), 22 requests a second instead of hundreds.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen()
    except OSError:
        bound.close()
        raise
    return bound


class _Uvicorn(uvicorn.Server):
    """Stops within milliseconds, which uvicorn's own way, made for production, does not."""

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(_LOOK_EVERY)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for _ in range(_TURNS_TO_CONNECT):  # or those would stay that were accepted just now
            await asyncio.sleep(0)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # in which the connections learn that they are lost
        for sock in sockets or []:
            sock.close()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on a signal and return; uvicorn raises it again, which kills the process."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        both = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in both}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Connection(H11Protocol):
    """Offers each request, in its ASGI scope, a way to break the connection it came on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = _breakable(self.app, transport)


def _breakable(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    def abort() -> None:
        # Without lingering, the kernel resets the connection instead of closing it politely.
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    async def offering_abort(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[ABORT] = abort
        with suppress(asyncio.CancelledError):  # the server has stopped
            await app(scope, receive, send)

    return offering_abort
