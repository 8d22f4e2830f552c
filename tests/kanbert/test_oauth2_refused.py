"""Tokens by client credentials that do not come, and secrets that never show."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from ingestd.errors import AccountTrouble, KanbertError, SettingsError, Unavailable
from ingestd.kanbert import OAuth2ClientCredentials
from tests.kanbert.doubles import ok
from tests.kanbert.login import SECRET, TOKEN_URL, Login, account

ENDLESS = b'{"access_token": "t", "expires_in": 1e999}'


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (ok({"error": "invalid_client"}, 401), AccountTrouble),
        (ok({"error": "invalid_scope", "error_description": "no \\ such"}, 400), AccountTrouble),
        (ok({"error": "invalid_client"}, 200), AccountTrouble),
        (httpx.Response(404, html="<html>"), AccountTrouble),
        (httpx.Response(302, headers={"location": "https://evil.example"}), AccountTrouble),
        (httpx.Response(200, html="<html>Log in"), AccountTrouble),
        (httpx.Response(200, content=b""), AccountTrouble),
        (httpx.Response(200, content=b"[" * 100_000), AccountTrouble),
        (ok([]), AccountTrouble),
        (ok({}), AccountTrouble),
        (ok({"access_token": ""}), AccountTrouble),
        (ok({"access_token": "a b"}), AccountTrouble),
        (ok({"access_token": {"a": 1}}), AccountTrouble),
        (ok({"access_token": "t", "token_type": "mac"}), AccountTrouble),
        (ok({"access_token": "t", "expires_in": "soon"}), AccountTrouble),
        (ok({"access_token": "t", "expires_in": 10**400}), AccountTrouble),
        (
            httpx.Response(200, content=b'{"access_token": "t", "expires_in": 1e999}'),
            AccountTrouble,
        ),
        (httpx.Response(500), Unavailable),
        (httpx.Response(503, headers={"retry-after": "9"}), Unavailable),
        (httpx.Response(429), Unavailable),
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), AccountTrouble),
        (httpx.ReadTimeout("x"), Unavailable),
    ],
)
def test_no_token_is_the_accounts_trouble_or_a_matter_of_time(
    answer: httpx.Response | Exception, kind: type[KanbertError]
) -> None:
    with pytest.raises(KanbertError) as raised:
        account(Login(answer=answer)).list()

    assert type(raised.value) is kind
    assert raised.value.hint or kind is Unavailable


def test_the_reason_for_no_token_is_passed_on() -> None:
    with pytest.raises(AccountTrouble, match="No token was given: invalid_client") as raised:
        account(Login(answer=ok({"error": "invalid_client"}, 401))).list()

    assert raised.value.answer.status == 401


def test_the_wait_that_the_login_asks_for_is_passed_on() -> None:
    login = Login(answer=httpx.Response(503, headers={"retry-after": "9"}))

    with pytest.raises(Unavailable) as raised:
        account(login).list()

    assert raised.value.answer.retry_after == 9.0


def test_a_token_that_could_not_be_fetched_is_fetched_next_time() -> None:
    login = Login(answer=httpx.Response(503))
    kanbert = account(login)
    with pytest.raises(Unavailable):
        kanbert.list()

    login.answer = None

    assert kanbert.list().data[0].id == "a"


def test_a_secret_is_read_from_its_file_each_time(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("first\n")
    login = Login()
    kanbert = account(login, client_secret=file)
    kanbert.list()
    before = kanbert.credentials_version()

    file.write_text("second one")
    login.good.clear()
    kanbert.list()

    sent = [parse_qs(asked.content.decode())["client_secret"] for asked in login.asked]
    assert sent == [["first"], ["second one"]]
    assert kanbert.credentials_version() != before


def test_a_secret_file_that_is_missing_is_trouble_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(AccountTrouble, match="client secret file"):
        account(Login(), client_secret=tmp_path / "none").list()


@pytest.mark.parametrize("secret", ["a\nb", "ä", "a\x00"])
def test_what_is_no_secret_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(SettingsError) as refused:
        OAuth2ClientCredentials(TOKEN_URL, "me", secret)

    assert secret not in str(refused.value)


def test_a_tokens_address_is_under_the_same_rules() -> None:
    with pytest.raises(SettingsError, match="token_url must begin with https://"):
        OAuth2ClientCredentials("http://login.example/oauth/token", "me", SECRET)


@pytest.mark.parametrize(
    "answer",
    [
        ok({"error": "invalid_client", "error_description": f"bad {SECRET}"}, 401),
        ok({"error": f"bad {SECRET}"}, 200),
        ok({"message": f"bad {SECRET}"}, 500),
        ok({"access_token": f"{SECRET} {SECRET}"}),
    ],
)
def test_neither_secret_nor_token_ever_shows(
    answer: httpx.Response, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kanbert = account(Login(answer=answer))

    with pytest.raises(KanbertError) as raised:
        kanbert.list()

    error = raised.value
    shown = [str(error), error.hint, repr(error.answer), repr(kanbert), caplog.text]
    shown += traceback.format_exception(error)
    assert SECRET not in json.dumps(shown)
