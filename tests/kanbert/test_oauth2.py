"""Tokens by client credentials: fetched, kept, renewed."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from ingestd.errors import AccountTrouble, Unavailable
from ingestd.kanbert import Kanbert, OAuth2ClientCredentials, RetryPolicy
from ingestd.kanbert.httpx_transport import HttpxTransport
from ingestd.kanbert.wire import Post, Wire
from tests.kanbert.doubles import BASE, FakeTime, ok, page
from tests.kanbert.login import SECRET, TOKEN_URL, Login, account


def test_a_token_is_fetched_once_and_kept() -> None:
    login = Login()
    kanbert = account(login)

    kanbert.list()
    kanbert.list()

    (asked,) = login.asked
    assert (asked.method, str(asked.url)) == ("POST", TOKEN_URL)
    assert asked.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert parse_qs(asked.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["a b"],
        "client_id": ["me"],
        "client_secret": [SECRET],
    }


def test_a_secret_can_go_into_a_basic_header() -> None:
    login = Login()

    account(login, client_secret="a b:/+", client_auth="client_secret_basic").list()

    basic = login.asked[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(basic) == b"me:a+b%3A%2F%2B"
    assert b"client_secret" not in login.asked[0].content


@pytest.mark.parametrize("secret", ["a&b=c", "100%", "a+b c", '"\\', "~!*'()"])
def test_any_secret_arrives_as_it_is(secret: str) -> None:
    login = Login()

    account(login, client_secret=secret).list()

    assert parse_qs(login.asked[0].content.decode())["client_secret"] == [secret]


@pytest.mark.parametrize(
    ("lifetime", "age", "fetched"),
    [
        (3600, 3539, 1),
        (3600, 3540, 2),
        (100, 79, 1),
        (100, 80, 2),
        ("3600", 3540, 2),
        (None, 10**9, 1),
        (0, 10**9, 1),
    ],
)
def test_a_token_is_renewed_before_it_expires(lifetime: Any, age: float, fetched: int) -> None:
    time, login = FakeTime(), Login(lifetime=lifetime)
    kanbert = account(login, time)
    kanbert.list()

    time.time += age
    kanbert.list()

    assert login.given == fetched


def test_a_rejected_token_is_replaced_and_the_request_repeated() -> None:
    login = Login()
    kanbert = account(login)
    kanbert.list()

    login.good.clear()
    kanbert.list()

    assert login.given == 2


def test_a_second_rejection_is_the_accounts_trouble() -> None:
    login = Login()
    kanbert = account(login)
    login.good = frozenset()  # type: ignore[assignment]
    login.answer = ok({"access_token": "never-good", "token_type": "bearer"})

    with pytest.raises(AccountTrouble, match=r"Unknown \*\*\*"):
        kanbert.list()

    assert len(login.asked) == 2


def test_threads_fetch_one_token_between_them() -> None:
    login = Login()
    kanbert = account(login)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kanbert.list(), range(40)))

    assert login.given == 1


def test_threads_replace_a_rejected_token_once() -> None:
    login = Login()
    kanbert = account(login)
    kanbert.list()
    login.good.clear()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kanbert.list(), range(40)))

    assert login.given == 2


def test_a_late_rejection_does_not_forget_the_newer_token() -> None:
    login = Login()
    auth = OAuth2ClientCredentials(TOKEN_URL, "me", SECRET, world=FakeTime().world())
    wire = Wire(HttpxTransport(httpx.MockTransport(login)), timeout=1.0, clock=lambda: 0.0)
    post = Post(wire, 10.0, lambda: 0.0)
    first = auth.token(post)
    auth.replace(first, post)
    second = auth.token(post)

    auth.replace(first, post)

    assert (first, second, auth.token(post)) == ("t1", "t2", "t2")


def test_a_thread_waits_for_anothers_token_only_until_its_deadline() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(request: httpx.Request) -> httpx.Response:
        asked.set()
        go_on.wait(5)
        return ok({"access_token": "t"}) if request.url.host == "login.example" else page()

    auth = OAuth2ClientCredentials(TOKEN_URL, "me", SECRET)
    patient, hasty = (
        Kanbert(
            BASE,
            auth,
            transport=httpx.MockTransport(slow),
            deadline=d,
            retry=RetryPolicy(attempts=1),
        )
        for d in (5.0, 0.2)
    )
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(patient.list)
        asked.wait(5)
        with pytest.raises(Unavailable, match="another thread"):
            hasty.list()
        go_on.set()
        assert first.result().data == ()
