"""Addresses: which may be used at all, and how an operation's path is made.

`https` is required, for a token travels with every request; a server on this very machine
(127.0.0.0/8, ::1, localhost) may be spoken to without.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from ingestd.errors import SettingsError

if TYPE_CHECKING:
    import httpx


def check_url(address: str) -> str:
    """Return an address as it is if a token may be sent to it; ValueError says why it may not."""
    try:
        url = urlsplit(address.strip())
        host, _ = url.hostname, url.port
    except ValueError:
        raise ValueError("is no address") from None
    if url.scheme not in {"http", "https"} or not host:
        raise ValueError("must begin with https://")
    if "@" in url.netloc or url.query or url.fragment:
        raise ValueError("must not hold a user, a ?query or a #fragment")
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError("must begin with https://, or the token would travel unencrypted")
    return address


def checked(address: str, *, setting: str) -> httpx.URL:
    """Read an address, without a slash at its end.

    Raises SettingsError, naming the setting, where no token may be sent to it.
    """
    import httpx  # noqa: PLC0415 - settings are checked also where nothing is sent

    try:
        url = httpx.URL(check_url(address).strip())
    except ValueError as why:
        raise SettingsError(f"{setting} {why}", hint=_HINT) from None
    except httpx.InvalidURL:
        raise SettingsError(f"{setting} is no address", hint=_HINT) from None
    return url.copy_with(raw_path=url.raw_path.rstrip(b"/"))


_HINT = 'Write it such as "https://api.kanbert.com/api/v1".'


def is_loopback(host: str) -> bool:
    """Say whether a host is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def below(base: httpx.URL, *segments: str, query: str = "") -> httpx.URL:
    """Make the address of something below the base; segments are taken as they are given.

    Raises ValueError for an id that cannot be a path segment: empty, `.` or `..`.
    """
    path = b"/".join([base.raw_path.rstrip(b"/"), *map(_segment, segments)])
    return base.copy_with(raw_path=path + (b"?" + query.encode("ascii") if query else b""))


def _segment(opaque: str) -> bytes:
    # servers and proxies resolve the dots even where they are percent-encoded
    if opaque in {"", ".", ".."}:
        raise ValueError(f"{opaque!r} is no id")
    return quote(opaque, safe="").encode("ascii")
