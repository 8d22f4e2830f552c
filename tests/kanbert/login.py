"""A server that gives out tokens."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import httpx

from ingestd.kanbert import Kanbert, OAuth2ClientCredentials, RetryPolicy
from tests.kanbert.doubles import BASE, FakeTime, ok, page

TOKEN_URL = "https://login.example/oauth/token"
SECRET = "cl1ent-s3cret"


@dataclass
class Login:
    """Gives out tokens t1, t2, …; answers Kanbert's part only to those that are good."""

    lifetime: Any = 3600
    good: set[str] = field(default_factory=set)
    given: int = 0
    asked: list[httpx.Request] = field(default_factory=list)
    answer: httpx.Response | Exception | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "login.example":
            token = request.headers["authorization"].removeprefix("Bearer ")
            return page("a") if token in self.good else ok({"message": f"Unknown {token}"}, 401)
        with self.lock:
            return self._token(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        self.given += 1
        self.good.add(f"t{self.given}")
        return ok(
            {"access_token": f"t{self.given}", "token_type": "Bearer", "expires_in": self.lifetime}
        )


def account(login: Login, time: FakeTime | None = None, **options: Any) -> Kanbert:
    world = (time or FakeTime()).world()
    options = {"client_secret": SECRET, "scope": "a b", **options}
    auth = OAuth2ClientCredentials(TOKEN_URL, "me", world=world, **options)
    transport = httpx.MockTransport(login)
    return Kanbert(BASE, auth, transport=transport, world=world, retry=RetryPolicy(attempts=1))
