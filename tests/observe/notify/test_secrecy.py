"""What of an address is a secret."""

from __future__ import annotations

import pytest

from ingestd.observe.notify.secrecy import kind_of, secrets_in, without_pieces

TELEGRAM = "tgram://123456789:AAF-secret_bot_token/-100200300"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (TELEGRAM, "123456789 AAF-secret_bot_token -100200300"),
        ("mailtos://kim:p%40ss@mail.example?to=boss", "kim p@ss p%40ss mail.example boss"),
        ("https://hooks.example/T0AB/s3cr3t?key=abcd", "hooks.example T0AB s3cr3t abcd"),
    ],
)
def test_nothing_that_stands_in_an_address_is_told(url: str, told: str) -> None:
    shown = without_pieces(f"{url} {told}", url)

    short = [piece for piece in told.split() if len(piece) < 4]
    assert shown.replace("[hidden]", "").split() == short


@pytest.mark.parametrize(
    ("url", "hidden", "shown"),
    [
        (TELEGRAM, {TELEGRAM, "AAF-secret_bot_token"}, {"123456789"}),
        ("ntfys://ntfy.example/scanner", {"ntfys://ntfy.example/scanner"}, {"scanner"}),
        ("https://a-long-host.example/x", set(), {"a-long-host.example"}),
    ],
)
def test_the_log_hides_addresses_and_keys_but_no_words(
    url: str, hidden: set[str], shown: set[str]
) -> None:
    found = set(secrets_in(url))

    assert hidden <= found
    assert not shown & found


def test_the_kind_of_a_service_is_no_secret() -> None:
    assert (kind_of(TELEGRAM), kind_of("nonsense")) == ("tgram", "?")
