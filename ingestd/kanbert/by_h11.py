"""Answers as h11 reads them: in Python, on every machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import h11
from httpcore import RemoteProtocolError

from ingestd.kanbert.http1 import LONGEST_HEAD, NOTHING_CAME, add_header

_ASKED = h11.Request(method="GET", target="/", headers=[("Host", "kanbert")])
"""Any request whose answer may have a body: h11 reads answers to what it was told of."""


class Answer:
    """A `http1.ParsedAnswer`, which raises what `http1.Read` says."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more = more
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._parser.send(_ASKED)
        self._parser.send(h11.EndOfMessage())
        head = self._head()
        self.status = head.status_code
        self.headers = dict[str, str]()
        for name, value in head.headers:
            add_header(self.headers, name, value)

    @property
    def leaves_connection_open(self) -> bool:
        """Whether it was read whole, and there is no more of it."""
        return self._parser.their_state is h11.DONE and self._parser.trailing_data == (b"", False)

    def chunks(self) -> Iterator[bytes]:
        """Read the body."""
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)

    def _head(self) -> h11.Response:
        while not isinstance(event := self._next(), h11.Response):
            pass  # 100 Continue, and its like
        if event.http_version not in {b"1.0", b"1.1"}:
            raise RemoteProtocolError("no answer in HTTP/1.1")
        return event

    def _next(self) -> object:
        try:
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                came = self._more()
                if not came and self._parser.their_state is h11.SEND_RESPONSE:
                    raise RemoteProtocolError(NOTHING_CAME)
                self._parser.receive_data(came)
        except h11.RemoteProtocolError as error:
            raise RemoteProtocolError(str(error)) from error
        return event
