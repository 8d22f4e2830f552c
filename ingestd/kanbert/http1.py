"""HTTP/1.1 as far as one request and its answer go (RFC 9112): the head is written here.

Answers are read by a library: by llhttp where httptools is installed (the extra `fast`), else by
h11, at eight times the CPU. Of one answer they never read two different things, but one may refuse
what the other reads. Seen of httptools 0.9 and h11 0.16, each damaged by any byte at any place:

- llhttp refuses lines that end in LF alone, folded headers, a length that is said twice, and one
  beside `Transfer-Encoding: chunked`. h11 takes them, the last for chunked.
- llhttp passes over empty lines before and after an answer. To h11 those before it are an error,
  and those after it more than was asked for: the connection is not used again.
- llhttp takes any letters in the words after a status, and ICE/1.1 and RTSP/1.0 for HTTP.
- To llhttp `Proxy-Connection: close` ends a connection, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from httpcore import LocalProtocolError

LONGEST_HEAD = 100 * 1024
"""Bytes of an answer's status and headers, and of what else is no body."""

NOTHING_CAME = "Server disconnected without sending a response."

_UNFIT = re.compile(r"[^\t\x20-\x7e]")


class ParsedAnswer(Protocol):
    """An answer as a parser reads it: its head was read, and its body is still to be."""

    @property
    def status(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By names in lower case; what comes more than once is joined."""
        ...

    @property
    def leaves_connection_open(self) -> bool:
        """Whether another request may follow it: it was read whole, and there is no more of it."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Read the body. Raises RemoteProtocolError where it ends too early, or is malformed."""
        ...


Read = Callable[[Callable[[], bytes]], ParsedAnswer]
"""Reads an answer's head out of what comes, which is nothing once the server hung up.

Interim answers are passed over. Raises RemoteProtocolError for what is no answer, for one to
another protocol, and where nobody knows how long its body is.
"""


def request_head(method: str, target: bytes, headers: Mapping[str, str]) -> bytes:
    """Write the head of a request. Raises LocalProtocolError for what would be more than one."""
    if _UNFIT.search("".join([*headers, *headers.values()])):
        raise LocalProtocolError("a header with a line break, or letters that no header has")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode(), target, lines.encode())


def add_header(headers: dict[str, str], name: bytes, value: bytes) -> None:
    """Add a header to those that came before it."""
    key, said = name.decode("ascii").lower(), value.decode("latin-1").strip(" \t")
    headers[key] = f"{headers[key]}, {said}" if key in headers else said
