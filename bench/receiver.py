"""A Kanbert that does as little as it can: it takes what it is sent, counts it, and says yes.

The sandbox would be the slowest part of any measurement. This answers check-duplicate, create and
list as Kanbert would that knows nothing yet, and reads every body whole. Run it with
`python -m bench.receiver`: it prints its port, and serves plain HTTP, or with `--certificate` TLS
alone. `POST /tally` returns what came since the last time, and says whether to keep the documents
that come from now on, to be compared afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import ssl
import sys
import time
from dataclasses import dataclass, field
from typing import Any

_BUFFER = 1 << 18
_FIELDS = 4096
"""Bytes at the start of a body that hold all fields but the document."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BOUNDARY = re.compile(
    rb"\r\ncontent-type: *multipart/form-data; *boundary=([^\r]+)", re.IGNORECASE
)
_EXPECTS = re.compile(rb"\r\nexpect: *100-continue", re.IGNORECASE)
_EXTERNAL_ID = re.compile(rb'name="external_id"\r\n\r\n([^\r]*)')
_HASH = re.compile(rb'name="hash"\r\n\r\n([^\r]*)')


@dataclass(slots=True)
class Tally:
    """What came."""

    checks: int = 0
    creates: int = 0
    received: int = 0
    """Bytes of all bodies of creates."""
    external_ids: list[str] = field(default_factory=list)
    kept: list[tuple[bytes, bytes]] = field(default_factory=list, repr=False)
    """Boundary and body of each create."""
    keeps: bool = False
    cpu: float = field(default_factory=time.process_time)

    def told(self) -> bytes:
        """All of it, as JSON."""
        said = {
            "checks": self.checks,
            "creates": self.creates,
            "received": self.received,
            "external_ids": self.external_ids,
            "documents": sorted(_document_md5(*one) for one in self.kept),
            "cpu": time.process_time() - self.cpu,
        }
        return json.dumps(said).encode()


def _document_md5(boundary: bytes, body: bytes) -> str:
    """The MD5 of the file in a form: what follows the head of its part, up to the last boundary."""
    start = body.index(b"\r\n\r\n", body.index(b"filename=")) + 4
    end = body.index(b"\r\n--" + boundary, len(body) - len(boundary) - 64)
    return hashlib.md5(body[start:end], usedforsecurity=False).hexdigest()


class Receiver(asyncio.BufferedProtocol):
    """One connection, kept alive."""

    def __init__(self, tallies: list[Tally]) -> None:
        self._tallies = tallies  # the last one counts
        self._buffer = memoryview(bytearray(_BUFFER))
        self._head = b""
        self._body: bytearray | None = None  # none before the head is whole
        self._left = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - one size for all
        """Where to put what comes."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what came; a client waits for its answer before it sends more."""
        came = self._buffer[:nbytes]
        if self._body is None:
            came = self._begin(bytes(came))
        if self._body is not None:
            self._take(self._body, came)

    def _begin(self, came: bytes) -> memoryview:
        """Take in the head, or a part of it; what follows it."""
        self._head, mark, rest = (self._head + came).partition(b"\r\n\r\n")
        if mark:
            length = _LENGTH.search(self._head)
            self._left, self._body = int(length[1]) if length else 0, bytearray()
            if _EXPECTS.search(self._head) and not rest:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return memoryview(rest)

    def _take(self, body: bytearray, piece: memoryview) -> None:
        self._left -= len(piece)
        if len(body) < _FIELDS or self._tallies[-1].keeps:
            body += piece
        if not self._left:
            head, self._head, self._body = self._head, b"", None
            self._answer(head, bytes(body))

    def _answer(self, head: bytes, body: bytes) -> None:
        status, said = self._said(head, body)
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(said), said)
        )

    def _said(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        method, path, *_ = head.split(b" ", 2)
        tally = self._tallies[-1]
        if path == b"/tally":
            self._tallies.append(Tally(keeps=body == b"keep"))
            return b"200 OK", tally.told()
        if path.endswith(b"/check-duplicate"):
            tally.checks += 1
            return b"200 OK", _checked(_HASH.search(body))
        if method == b"GET":
            return b"200 OK", b'{"data":[],"links":[],"meta":{"next_cursor":null}}'
        return b"201 Created", _created(tally, head, body)


def _checked(asked: re.Match[bytes] | None) -> bytes:
    md5 = asked[1] if asked else b""
    return b'{"hash":"%b","exists":false,"duplicates":[]}' % md5


def _created(tally: Tally, head: bytes, body: bytes) -> bytes:
    tally.creates += 1
    length, boundary, given = (
        _LENGTH.search(head),
        _BOUNDARY.search(head),
        _EXTERNAL_ID.search(body),
    )
    tally.received += int(length[1]) if length else 0
    external_id = given[1].decode() if given else ""
    tally.external_ids.append(external_id)
    if tally.keeps:
        tally.kept.append((boundary[1] if boundary else b"", body))
    made: dict[str, Any] = {"id": f"i-{tally.creates}", "external_id": external_id or None}
    return json.dumps(made).encode()


async def _serve(tls: ssl.SSLContext | None) -> None:
    tallies = [Tally()]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Receiver(tallies), "127.0.0.1", 0, backlog=256, ssl=tls
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started it is gone


def _with(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def main() -> None:
    """Serve until the end of what is said to it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificate", help="PEM: a certificate and its key")
    given = parser.parse_args()
    asyncio.run(_serve(_with(given.certificate) if given.certificate else None))


if __name__ == "__main__":
    main()
