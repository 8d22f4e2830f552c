"""Stand-ins for the world and for Kanbert, given to the client in their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from ingestd.kanbert import BearerToken, Kanbert, World
from ingestd.kanbert.auth import Auth

BASE = "https://kanbert.example/api/v1"
NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)
TOKEN = "s3cr3t-t0ken"


@dataclass
class FakeTime:
    """A clock that only naps move."""

    time: float = 1000.0
    naps: list[float] = field(default_factory=list)
    woken: bool = False
    dice: float = 0.5

    def nap(self, seconds: float) -> bool:
        self.naps.append(seconds)
        self.time += seconds
        return self.woken

    def world(self) -> World:
        return World(lambda: self.time, lambda: NOON, self.nap, lambda: self.dice)


Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Answering:
    """Answers requests one after the other; the last answer for ever."""

    answers: list[Answer]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    @property
    def bodies(self) -> list[bytes]:
        return [request.content for request in self.asked]


def kanbert(
    *answers: Answer, auth: Auth | None = None, **options: Any
) -> tuple[Kanbert, Answering]:
    """Make a client and the one who answers it."""
    server = Answering(list(answers))
    options.setdefault("world", FakeTime().world())
    client = Kanbert(
        BASE, auth or BearerToken(TOKEN), transport=httpx.MockTransport(server), **options
    )
    return client, server


def ok(value: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=value)


def page(*ids: str, cursor: str | None = None) -> httpx.Response:
    return ok({"data": [{"id": i} for i in ids], "links": [], "meta": {"next_cursor": cursor}})
