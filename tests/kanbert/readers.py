"""The libraries that answers may be read by, and what they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpcore
import pytest

from ingestd.kanbert import by_h11, by_httptools
from ingestd.kanbert.http1 import Read

READERS = [
    pytest.param(by_h11.Answer, id="h11"),
    pytest.param(by_httptools.Answer, id="httptools"),
]
each_reader = pytest.mark.parametrize("read", READERS)

_FRAMING = {"content-length", "transfer-encoding"}
"""Headers that h11 writes anew."""

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Came:
    """All that an answer came to."""

    body: bytes
    leaves_connection_open: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def came(read: Read, *pieces: bytes) -> Came:
    left = iter(pieces)
    answer = read(lambda: next(left, b""))
    body = b"".join(answer.chunks())
    headers = {name: value for name, value in answer.headers.items() if name not in _FRAMING}
    return Came(body, answer.leaves_connection_open, answer.status, headers)


def came_if_at_all(read: Read, said: bytes) -> Came | None:
    try:
        return came(read, said)
    except httpcore.RemoteProtocolError:
        return None


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) + end
