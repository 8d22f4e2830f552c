"""One request and its answer over a transport.

No redirect is ever followed, no cookie kept, no proxy or netrc taken from the environment, because
nothing here could.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from ingestd.kanbert.meaning import Failure
from ingestd.kanbert.reply import CutShort, Reply, read_capped
from ingestd.kanbert.said import clean
from ingestd.kanbert.transport import Allowance, Answer, Body, OnSent, Request, Transport


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

    def __init__(self, transport: Transport, *, timeout: float, clock: Callable[[], float]) -> None:
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
            answer = self._transport.send(self._request(outgoing, headers, body, until))
        except httpx.TransportError as error:
            sent = not isinstance(error, _NOT_SENT) and body.begun
            return Failure(_why(error), reached=sent)
        try:
            return self._reply(answer, until)
        finally:
            answer.close()

    def _request(
        self, outgoing: Outgoing, headers: Mapping[str, str], body: Body, until: float
    ) -> Request:
        length = {"Content-Length": str(sum(map(len, outgoing.body)))} if outgoing.body else {}
        return Request(
            outgoing.method,
            outgoing.url,
            {
                "Host": outgoing.url.netloc.decode("ascii"),
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                **length,
                **outgoing.headers,
                **headers,
            },
            body,
            Allowance(self._timeout, until, self._clock),
            # waiting for a turn is no wait of the network: others upload meanwhile
            turn=max(0.0, until - self._clock()),
        )

    def _reply(self, answer: Answer, until: float) -> Reply:
        encoding = answer.headers.get("content-encoding", "")
        body, flaw = read_capped(self._in_time(answer, until), encoding)
        return Reply(answer.status, answer.headers, body, flaw)

    def _in_time(self, answer: Answer, until: float) -> Iterable[bytes]:
        try:
            for chunk in answer.chunks():
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
