"""One kept-alive connection straight to a server: h11 on httpcore's network, without its pool.

httpcore's own way from a pool to its connection costs as much again as all of h11 does, for each
request, and only serves threads that share a pool. What happens on the wire is the same.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence

import h11
import httpcore
import httpx

from ingestd.kanbert.network import DeadlineBackend

_PORTS = {"http": 80, "https": 443}
_AT_ONCE = 64 * 1024
_LONGEST_HEAD = 100 * 1024
"""Bytes of an answer's status and headers."""
_FINISHED = {h11.DONE}


class Received:
    """The head of an answer, and the body that is still to be read."""

    def __init__(
        self, head: h11.Response, body: Callable[[], Iterator[bytes]], end: Callable[[], None]
    ) -> None:
        self.status = head.status_code
        self.headers: Sequence[tuple[bytes, bytes]] = head.headers.raw_items()
        self.iter_stream = body
        self.close = end


class Direct:
    """A connection for one thread at a time, kept for some seconds after each answer.

    Its methods raise httpcore's exceptions.
    """

    def __init__(self, trust: ssl.SSLContext, *, keep: float, clock: Callable[[], float]) -> None:
        """Connect to nobody yet.

        :param keep: seconds that it is kept without a request.
        """
        self._trust = trust
        self._keep = keep
        self._clock = clock
        self._network = DeadlineBackend()
        self._stream: httpcore.NetworkStream | None = None
        self._spoken = h11.Connection(h11.CLIENT)
        self._server: tuple[str, str, int | None] | None = None
        self._kept_until = 0.0

    def send(self, request: httpx.Request) -> Received:
        """Send a request; the answer must be closed."""
        try:
            stream, timeouts = self._connected(request), request.extensions["timeout"]
            self._say(request, stream, timeouts["write"])
            head = self._head(stream, timeouts["read"])
        except h11.ProtocolError as error:
            self.close()
            raise _as_httpcore(error) from error
        except BaseException:
            self.close()
            raise
        return Received(head, lambda: self._body(stream, timeouts["read"]), self._finish)

    def close(self) -> None:
        """Close the connection; from any thread."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _connected(self, request: httpx.Request) -> httpcore.NetworkStream:
        url = request.url
        server = url.scheme, url.raw_host.decode("ascii"), url.port
        if self._stream is not None and server == self._server and self._is_open(self._stream):
            return self._stream
        self.close()
        self._stream = self._connect(*server, timeouts=request.extensions["timeout"])
        self._server = server
        self._spoken = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        return self._stream

    def _is_open(self, stream: httpcore.NetworkStream) -> bool:
        # what there is to be read of a server that was asked nothing is that it hung up
        return self._clock() <= self._kept_until and not stream.get_extra_info("is_readable")

    def _connect(
        self, scheme: str, host: str, port: int | None, *, timeouts: Mapping[str, float]
    ) -> httpcore.NetworkStream:
        stream: httpcore.NetworkStream
        timeout = timeouts["connect"]
        stream = self._network.connect_tcp(host, port or _PORTS[scheme], timeout)
        if scheme == "https":
            self._trust.set_alpn_protocols(["http/1.1"])
            stream = stream.start_tls(self._trust, host, timeout)
        return stream

    def _say(self, request: httpx.Request, stream: httpcore.NetworkStream, timeout: float) -> None:
        assert isinstance(request.stream, httpx.SyncByteStream)
        head = h11.Request(
            method=request.method, target=request.url.raw_path, headers=request.headers.raw
        )
        said = self._spoken.send(head)
        try:
            stream.write(said or b"", timeout)
            for piece in request.stream:  # asked for once all of the head is written, not before
                # not joined to one, as of a document that would be another copy
                for part in self._spoken.send_with_data_passthrough(h11.Data(data=piece)) or ():
                    stream.write(part, timeout)
            stream.write(self._spoken.send(h11.EndOfMessage()) or b"", timeout)
        except httpcore.WriteError:
            pass  # a server may refuse a request, and hang up, before it has read it whole

    def _head(self, stream: httpcore.NetworkStream, timeout: float) -> h11.Response:
        while not isinstance(event := self._next(stream, timeout), h11.Response):
            pass  # 100 Continue, and its like
        return event

    def _body(self, stream: httpcore.NetworkStream, timeout: float) -> Iterator[bytes]:
        try:
            while isinstance(event := self._next(stream, timeout), h11.Data):
                yield bytes(event.data)
        except h11.ProtocolError as error:
            raise _as_httpcore(error) from error

    def _next(self, stream: httpcore.NetworkStream, timeout: float) -> object:
        while (event := self._spoken.next_event()) is h11.NEED_DATA:
            came = stream.read(_AT_ONCE, timeout)
            if not came and self._spoken.their_state is h11.SEND_RESPONSE:
                raise httpcore.RemoteProtocolError(
                    "Server disconnected without sending a response."
                )
            self._spoken.receive_data(came)
        return event

    def _finish(self) -> None:
        """Keep the connection if all was said on both sides, and both would go on."""
        if {self._spoken.our_state, self._spoken.their_state} == _FINISHED:
            self._spoken.start_next_cycle()
            self._kept_until = self._clock() + self._keep
        else:
            self.close()


def _as_httpcore(error: h11.ProtocolError) -> httpcore.ProtocolError:
    ours = isinstance(error, h11.LocalProtocolError)
    return (httpcore.LocalProtocolError if ours else httpcore.RemoteProtocolError)(str(error))
