"""An httpx transport in the network's place, such as a test's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx

from ingestd.kanbert.traffic import Answer, Request


class Foreign:
    """Has somebody else's transport carry requests."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def send(self, request: Request) -> Answer:
        """Send one and return the head of its answer. Raises `httpx.TransportError`."""
        timeouts = {
            **dict.fromkeys(("connect", "read", "write"), request.allowance),
            "pool": request.turn,
        }
        return _Answer(
            self._transport.handle_request(
                httpx.Request(
                    request.method,
                    request.url,
                    headers=request.headers,
                    stream=request.body,
                    extensions={"timeout": timeouts},
                )
            )
        )

    def close(self) -> None:
        """Close it."""
        self._transport.close()


class _Answer:
    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.close = response.close

    def chunks(self) -> Iterator[bytes]:
        assert isinstance(self._response.stream, httpx.SyncByteStream)
        yield from self._response.stream
