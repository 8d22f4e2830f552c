"""Which addresses may be used, and how paths are made of ids."""

from __future__ import annotations

import httpx
import pytest

from ingestd.errors import SettingsError
from ingestd.kanbert import check_url
from ingestd.kanbert.address import below, checked, is_loopback

BASE = httpx.URL("https://kanbert.example/api/v1")


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("https://api.kanbert.com/api/v1", "https://api.kanbert.com/api/v1"),
        ("https://api.kanbert.com/api/v1//", "https://api.kanbert.com/api/v1"),
        (" https://api.kanbert.com\n", "https://api.kanbert.com"),
        ("HTTPS://API.kanbert.com:8443", "https://api.kanbert.com:8443"),
        ("http://localhost:8000/api", "http://localhost:8000/api"),
        ("http://127.3.2.1:1", "http://127.3.2.1:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_an_address_is_read_without_a_slash_at_its_end(address: str, read: str) -> None:
    assert str(checked(address, setting="base_url")).rstrip("/") == read
    assert check_url(address) == address


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://api.kanbert.com", "unencrypted"),
        ("http://localhost.evil.example", "unencrypted"),
        ("http://127.0.0.1.evil.example", "unencrypted"),
        ("http://10.0.0.1", "unencrypted"),
        ("ftp://api.kanbert.com", "must begin with https://"),
        ("api.kanbert.com", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("", "must begin with https://"),
        ("https://me:pw@api.kanbert.com", "must not hold a user"),
        ("https://api.kanbert.com?x=1", "must not hold a user"),
        ("https://api.kanbert.com#x", "must not hold a user"),
        ("https://api.kanbert.com:port", "is no address"),
        ("https://[::1", "is no address"),
    ],
)
def test_an_address_that_no_token_may_go_to_is_refused(address: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as refused:
        checked(address, setting="base_url")
    with pytest.raises(ValueError, match=why):
        check_url(address)

    assert str(refused.value).startswith("base_url")
    assert "pw" not in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.255.255", True),
        ("::1", True),
        ("LOCALHOST", True),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("kanbert.example", False),
        ("127.1", False),
    ],
)
def test_this_very_machine_is_recognised(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("opaque", "path"),
    [
        ("aB3xK9", "/api/v1/incoming-invoices/aB3xK9"),
        ("a/b", "/api/v1/incoming-invoices/a%2Fb"),
        ("../x", "/api/v1/incoming-invoices/..%2Fx"),
        ("a?b#c", "/api/v1/incoming-invoices/a%3Fb%23c"),
        ("100%", "/api/v1/incoming-invoices/100%25"),
        ("%2e%2e", "/api/v1/incoming-invoices/%252e%252e"),
        ("a b+ü", "/api/v1/incoming-invoices/a%20b%2B%C3%BC"),
        ("...", "/api/v1/incoming-invoices/..."),
    ],
)
def test_an_id_is_one_segment_of_a_path(opaque: str, path: str) -> None:
    assert below(BASE, "incoming-invoices", opaque).raw_path == path.encode()


@pytest.mark.parametrize("opaque", ["", ".", "..", "\udce4"])
def test_what_cannot_be_a_segment_is_refused(opaque: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeEncodeError is one
        below(BASE, opaque)
