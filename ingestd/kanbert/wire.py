"""One request and its answer over an httpx transport.

The transport is used directly, without `httpx.Client`: no redirect is ever followed, no cookie
kept, no proxy or netrc taken from the environment, because nothing here could.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from ingestd.kanbert.meaning import Failure
from ingestd.kanbert.reply import CutShort, Reply, read_capped
from ingestd.kanbert.said import clean


class Allowance(float):
    """Seconds that one network wait may take, shrinking as the whole call's deadline comes near.

    httpcore hands the timeouts of a request unchanged to each connect, read and write, so this
    reaches the transport as an ordinary number, and `left` tells the one who knows of it more.
    """

    __slots__ = ("_clock", "_until", "_wait")

    _wait: float
    _until: float
    _clock: Callable[[], float]

    def __new__(cls, wait: float, until: float, clock: Callable[[], float]) -> Allowance:
        """Allow `wait` seconds now, but nothing past `until` on the clock."""
        made = super().__new__(cls, max(0.001, min(wait, until - clock())))
        made._wait, made._until, made._clock = wait, until, clock
        return made

    def left(self) -> float:
        """Return the seconds allowed from now on; 0 or less once the deadline has passed."""
        return min(self._wait, self._until - self._clock())


OnSent = Callable[[int, int], None]
"""Told how many bytes of a request's body are on their way, and how many there are."""

_PIECE = 64 * 1024
"""Bytes; the most that is sent without telling."""


class Body(httpx.SyncByteStream):
    """A request's body that remembers whether any of it was asked for.

    That happens once the whole head has been written, be the body empty: before, nobody can have
    carried the request out.
    """

    def __init__(self, chunks: Sequence[bytes], on_sent: OnSent | None = None) -> None:
        self._chunks = chunks
        self._on_sent = on_sent
        self.begun = False

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        if self._on_sent is None:
            yield from self._chunks
        else:
            yield from self._told(self._on_sent)

    def _told(self, on_sent: OnSent) -> Iterator[bytes]:
        sent, total = 0, sum(map(len, self._chunks))
        on_sent(sent, total)  # again, where this is not the first attempt
        for chunk in self._chunks:
            for start in range(0, len(chunk), _PIECE):
                piece = chunk[start : start + _PIECE]
                yield piece
                sent += len(piece)
                on_sent(sent, total)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request without its credentials; it can be sent more than once."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Sequence[bytes] = ()
    on_sent: OnSent | None = None


# Nothing of the request has left when these are raised: no connection, or none free.
# A write or read that fails later proves nothing, not even on a kept-alive connection that the
# server closed meanwhile: it may have read the request first.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

_WHY = {
    httpx.ConnectError: "no connection",
    httpx.ConnectTimeout: "no connection in time",
    httpx.PoolTimeout: "no free connection in time",
    httpx.ProxyError: "the proxy refused",
    httpx.ReadTimeout: "no answer in time",
    httpx.WriteTimeout: "it took too long to send",
}


class Wire:
    """Sends requests and reads answers, each within the time it is given."""

    def __init__(
        self, transport: httpx.BaseTransport, *, timeout: float, clock: Callable[[], float]
    ) -> None:
        self._transport = transport
        self._timeout = timeout
        self._clock = clock

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def exchange(
        self, outgoing: Outgoing, headers: Mapping[str, str], *, until: float
    ) -> Reply | Failure:
        """Send a request, with further headers, and read what comes back, all before `until`."""
        body = Body(outgoing.body, outgoing.on_sent)
        if self._clock() >= until:
            return Failure("the deadline passed before it was sent", reached=False)
        try:
            response = self._transport.handle_request(self._request(outgoing, headers, body, until))
        except httpx.TransportError as error:
            sent = not isinstance(error, _NOT_SENT) and body.begun
            return Failure(_why(error), reached=sent)
        try:
            return self._reply(response, until)
        finally:
            response.close()

    def _request(
        self, outgoing: Outgoing, headers: Mapping[str, str], body: Body, until: float
    ) -> httpx.Request:
        allowance = Allowance(self._timeout, until, self._clock)
        length = {"Content-Length": str(sum(map(len, outgoing.body)))} if outgoing.body else {}
        return httpx.Request(
            outgoing.method,
            outgoing.url,
            headers={
                "Host": outgoing.url.netloc.decode("ascii"),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                **length,
                **outgoing.headers,
                **headers,
            },
            stream=body,
            extensions={
                "timeout": {
                    **dict.fromkeys(("connect", "read", "write"), allowance),
                    # waiting for a turn is no wait of the network: others upload meanwhile
                    "pool": max(0.0, until - self._clock()),
                }
            },
        )

    def _reply(self, response: httpx.Response, until: float) -> Reply:
        body, flaw = read_capped(
            self._in_time(response, until), response.headers.get("content-encoding", "")
        )
        return Reply(response.status_code, response.headers, body, flaw)

    def _in_time(self, response: httpx.Response, until: float) -> Iterable[bytes]:
        assert isinstance(response.stream, httpx.SyncByteStream)
        try:
            for chunk in response.stream:
                yield chunk
                if self._clock() >= until:
                    raise CutShort("the deadline passed")
        except httpx.TransportError as error:
            raise CutShort(_why(error)) from error


def _why(error: httpx.TransportError) -> str:
    said = clean(str(error))
    short = _WHY.get(type(error), "the connection broke")
    return f"{short} ({said})" if said else short


@dataclass(frozen=True, slots=True)
class Post:
    """Sends POST requests for a token, under the rules and the deadline of the call it is for."""

    wire: Wire
    until: float
    clock: Callable[[], float]

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply | Failure:
        """Send one and return the answer."""
        return self.wire.exchange(
            Outgoing("POST", httpx.URL(url), headers, (body,)), {}, until=self.until
        )

    def left(self) -> float:
        """Return the seconds until the deadline."""
        return self.until - self.clock()
