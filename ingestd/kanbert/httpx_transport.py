"""An httpx transport in the network's place, such as a test's."""

from __future__ import annotations

import httpx

from ingestd.kanbert.transport import Answer, Request


class HttpxTransport:
    """Has a transport that was made for httpx carry requests."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def send(self, request: Request) -> Answer:
        """Send one and return the head of its answer. Raises `httpx.TransportError`."""
        response = self._inner.handle_request(
            httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                stream=request.body,
                extensions={"timeout": request.timeouts},
            )
        )
        stream = response.stream
        assert isinstance(stream, httpx.SyncByteStream)
        return Answer(response.status_code, response.headers, lambda: iter(stream), response.close)

    def close(self) -> None:
        """Close it."""
        self._inner.close()
