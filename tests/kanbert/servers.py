"""Real servers on this machine that say exactly what a test has them say."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

Talk = Callable[[socket.socket], None]
"""What a server does with a connection; it is closed afterwards."""


@dataclass
class Server:
    """A server that is listening."""

    port: int
    heard: list[bytes] = field(default_factory=list)
    """The requests read, headers and body."""
    connections: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over, for whoever drips."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(
    talk: Callable[[Server, socket.socket], None], tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Listen on a free port; `talk` gets each connection in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1])
        threads = [threading.Thread(target=_accept, args=(listener, server, talk, tls))]
        threads[0].start()
        try:
            yield server
        finally:
            server.done.set()
            listener.shutdown(socket.SHUT_RDWR)
            threads[0].join()


def _accept(
    listener: socket.socket,
    server: Server,
    talk: Callable[[Server, socket.socket], None],
    tls: ssl.SSLContext | None,
) -> None:
    threads = []
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            server.connections += 1
            threads.append(threading.Thread(target=_serve, args=(connection, server, talk, tls)))
            threads[-1].start()
    for thread in threads:
        thread.join()


def _serve(
    connection: socket.socket,
    server: Server,
    talk: Callable[[Server, socket.socket], None],
    tls: ssl.SSLContext | None,
) -> None:
    # the other side may hang up at any time: that is often the point of a test
    with contextlib.suppress(OSError), connection:
        connection.settimeout(10)
        if tls is None:
            talk(server, connection)
        else:
            with tls.wrap_socket(connection, server_side=True) as secure:
                talk(server, secure)


def read_request(server: Server, connection: socket.socket) -> bytes:
    """Read one request whole and remember it; empty where the other side hung up."""
    head = b""
    while b"\r\n\r\n" not in head:
        got = connection.recv(65536)
        if not got:
            return b""
        head += got
    head, _, body = head.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if b"content-length" in line
        ),
        0,
    )
    chunks, missing = [body], length - len(body)
    while missing > 0:
        got = connection.recv(min(missing, 1 << 20))
        if not got:
            return b""
        chunks.append(got)
        missing -= len(got)
    server.heard.append(head + b"\r\n\r\n" + b"".join(chunks))
    return server.heard[-1]


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """Write an answer."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Callable[[Server, socket.socket], None]:
    """Answer the requests of a connection one after the other, the last answer for ever."""

    def talk(server: Server, connection: socket.socket) -> None:
        left = list(answers)
        while read_request(server, connection):
            connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return talk


def passing_on(
    port: int, instead: Callable[[bytes], Iterable[bytes] | None] = lambda _: None
) -> Callable[[Server, socket.socket], None]:
    """Pass requests on to another server on this machine, and its answers back.

    Where there is something for `instead` to say to a request, that is said, and then hung up.
    """

    def talk(server: Server, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as inner:
            while request := read_request(server, connection):
                if (pieces := instead(request)) is not None:
                    for piece in pieces:
                        connection.sendall(piece)
                    return
                inner.sendall(request)
                connection.sendall(read_request(Server(port), inner))  # a message as any other

    return talk


def dripping(
    before: bytes, drop: bytes, drops: int = 100
) -> Callable[[Server, socket.socket], None]:
    """Answer with a beginning, then with a drop every 50 ms."""

    def talk(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        connection.sendall(before)
        for _ in range(drops):
            if server.done.wait(0.05):
                break
            connection.sendall(drop)

    return talk


def reset(connection: socket.socket) -> None:
    """Close a connection with an RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()
