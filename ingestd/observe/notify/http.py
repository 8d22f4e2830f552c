"""Requests to whoever is notified: a status is all that is wanted to know."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from ingestd import __version__
from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.secrecy import without_pieces

WAIT = 10.0
"""Seconds for each wait on the network; whoever sends has a deadline for all of them."""

_PASSING = frozenset({408, 425, 429})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a body; redirects are not followed, and proxies of the environment not used.

    :raises NotSent: if the answer is not a 2xx, or there is none.
    """
    sent = {"User-Agent": f"ingestd/{__version__}", **headers}
    try:
        with (
            httpx.Client(timeout=WAIT, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", url, content=body, headers=sent) as answer,
        ):
            status = answer.status_code
    except httpx.LocalProtocolError:  # it names the header, and so the token
        raise NotSent("The request cannot be written; look at the token", lasting=True) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        why = without_pieces(str(error) or type(error).__name__, url)
        lasting = isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | ValueError)
        raise NotSent(why, lasting=lasting) from error
    if not httpx.codes.is_success(status):
        passes = status in _PASSING or httpx.codes.is_server_error(status)
        raise NotSent(f"It answered {status}", lasting=not passes)


def host_of(url: str) -> str:
    """The host in an address, for people to know it by."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"
