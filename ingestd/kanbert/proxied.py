"""A connection through a proxy, which is httpcore's."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from ingestd.errors import SettingsError
from ingestd.kanbert.network import DeadlineBackend
from ingestd.kanbert.transport import Answer, Request


def checked_proxy(address: str) -> httpx.URL:
    """Read a proxy's address. Raises SettingsError for what is none."""
    url = httpx.URL(address)
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError(
            "proxy must begin with http:// or https://",
            hint='Write it such as "http://proxy.example.com:3128".',
        )
    return url


class ProxiedConnection:
    """One connection through a proxy, kept for some seconds after each answer.

    Credentials in the proxy's address go to it alone. Its methods raise httpcore's exceptions.
    """

    def __init__(self, proxy: httpx.URL, trust: ssl.SSLContext, *, keep: float) -> None:
        self._inner = httpcore.HTTPProxy(
            proxy_url=httpcore.URL(
                scheme=proxy.raw_scheme, host=proxy.raw_host, port=proxy.port, target=b"/"
            ),
            proxy_auth=(proxy.username, proxy.password) if proxy.userinfo else None,
            proxy_ssl_context=trust if proxy.scheme == "https" else None,
            ssl_context=trust,
            max_connections=1,
            keepalive_expiry=keep,
            network_backend=DeadlineBackend(),
        )

    def send(self, request: Request) -> Answer:
        """Send a request; the answer must be closed."""
        url = request.url
        response = self._inner.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=list(request.headers.items()),
                content=request.body,
                extensions={"timeout": request.timeouts},
            )
        )
        headers = httpx.Headers(response.headers)
        return Answer(response.status, headers, response.iter_stream, response.close)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()
