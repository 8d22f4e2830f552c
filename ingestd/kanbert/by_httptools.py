"""Answers as llhttp reads them, which is Node's parser, in C: httptools, of the extra `fast`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus

from httpcore import RemoteProtocolError
from httptools import HttpParserError, HttpResponseParser

from ingestd.kanbert.http1 import LONGEST_HEAD, NOTHING_CAME, add_header


class Answer:
    """A `http1.ParsedAnswer`, which raises what `http1.Read` says."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more = more
        self._message = _Message()
        self._beside = 0  # bytes that came since anything of a body did
        while not self._message.status:
            self._read_on()
        self.status = self._message.status
        self.headers = self._message.headers

    @property
    def leaves_connection_open(self) -> bool:
        """Whether it was read whole, and there is no more of it."""
        message = self._message
        return message.keeps_alive and message.is_whole and not message.body

    def chunks(self) -> Iterator[bytes]:
        """Read the body."""
        message = self._message
        while message.body or not message.is_whole:
            if message.body:
                body, message.body = message.body, []
                yield b"".join(body)
            else:
                self._read_on()

    def _read_on(self) -> None:
        message = self._message
        if came := self._more():
            message.feed(came)
        else:
            message.feed_end()
        self._beside = 0 if message.body or message.is_whole else self._beside + len(came)
        if self._beside > LONGEST_HEAD:
            raise RemoteProtocolError("a head, or what else is no body, without an end")


class _Message:
    """As much of an answer as came; httptools calls the methods that begin with `on_`."""

    def __init__(self) -> None:
        self.status = 0  # none before the final answer's
        self.headers = dict[str, str]()
        self.body: list[bytes] = []
        self.is_whole = False
        self.keeps_alive = False
        self._parser = HttpResponseParser(self)

    def feed(self, said: bytes) -> None:
        try:
            self._parser.feed_data(said)
        except HttpParserError as error:
            if not self.is_whole:
                raise RemoteProtocolError(str(_cause(error))) from error
            self.keeps_alive = False  # there is more than the answer
        if self.is_whole:
            del self._parser  # they hold each other, which only the garbage collector would end

    def feed_end(self) -> None:
        """Decide whether that was all, which llhttp would know, but httptools does not ask it."""
        if not self.status:
            raise RemoteProtocolError(NOTHING_CAME)
        if {"content-length", "transfer-encoding"} & self.headers.keys():
            raise RemoteProtocolError("Server disconnected within a body.")
        self.is_whole = True

    def on_message_begin(self) -> None:
        if self.is_whole:
            raise RemoteProtocolError("an answer that was not asked for")
        self.headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:  # else it is a trailer
            add_header(self.headers, name, value)

    def on_headers_complete(self) -> None:
        status, version = self._parser.get_status_code(), self._parser.get_http_version()
        switches = status == HTTPStatus.SWITCHING_PROTOCOLS
        if switches or status < HTTPStatus.CONTINUE or version not in {"1.0", "1.1"}:
            raise RemoteProtocolError("no answer in HTTP/1.1")
        if self.headers.get("transfer-encoding", "chunked").lower() != "chunked":
            raise RemoteProtocolError("a body of no known length")  # llhttp reads it to the end
        if status >= HTTPStatus.OK:
            self.status = status
            # to be asked now: of a message that is complete it knows no longer
            self.keeps_alive = version == "1.1" and self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        if not self.status:
            raise RemoteProtocolError("an interim answer with a body")
        self.body.append(piece)

    def on_message_complete(self) -> None:
        self.is_whole = bool(self.status)


def _cause(error: HttpParserError) -> Exception:
    """Return what a method raised, where that is why httptools did."""
    within = error.__context__
    return within if isinstance(within, RemoteProtocolError) else error
