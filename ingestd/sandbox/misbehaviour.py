"""How a fault is played on a request.

What runs here stands between the server and the application: it may swallow the application's
answer, send another one, or break the connection, of which the application notices nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import responses
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestd.sandbox.bodies import LARGEST_FORM
from ingestd.sandbox.faults import Fault, Kind

ABORT: Final = "ingestd.sandbox.abort"
"""The extension of the ASGI scope by which `Server` lets a connection be broken."""

_WORDS: Final = {
    401: "Unauthenticated.",
    403: "Invalid scope(s) provided.",
    404: "Not found.",
    413: "The POST data is too large.",
    429: "Too Many Attempts.",
}


@dataclass(frozen=True)
class Exchange:
    """A request that a fault strikes; `concluded` is told the status the application came to."""

    fault: Fault
    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    concluded: Callable[[int], None]

    async def answer(self, default_status: int) -> None:
        """Answer what the fault says."""
        fault, status = self.fault, self.fault.status or default_status
        body, media_type = fault.body, None
        if body is None and status >= HTTPStatus.BAD_REQUEST:
            body = json.dumps({"message": _WORDS.get(status) or responses.get(status, "Error")})
            media_type = "application/json"
        response = Response(body, status, dict(fault.headers), media_type)
        await response(self.scope, self.receive, self.send)

    async def carry_out(self) -> list[Message]:
        """Let the application carry the request out; return its answer instead of sending it."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, self.receive, keep)
        self.concluded(messages[0]["status"])
        return messages

    async def abort(self) -> None:
        """Break the connection."""
        abort: Callable[[], None] | None = self.scope.get("extensions", {}).get(ABORT)
        if abort is None:
            raise RuntimeError("only ingestd.sandbox.Server can break a connection")
        abort()
        await asyncio.sleep(0)  # in which the server learns of it, so that it misses no answer


async def misbehave(exchange: Exchange) -> None:
    """Play the fault on the request.

    The body is read first, as a web server does that stands before PHP: so the request is carried
    out later even if the client has given up by then.
    """
    if exchange.fault.kind is not Kind.RESET_BEFORE_BODY:
        exchange = replace(exchange, receive=await _read_ahead(exchange.receive))
    if exchange.fault.delay:
        await asyncio.sleep(exchange.fault.delay)
    await _PLAYED[exchange.fault.kind](exchange)


async def _read_ahead(receive: Receive) -> Receive:
    """Return a `receive` that has the body already, as far as it is one that would be accepted."""
    messages = [await receive()]
    size = len(messages[0].get("body", b""))
    while messages[-1].get("more_body") and size <= LARGEST_FORM:
        messages.append(await receive())
        size += len(messages[-1].get("body", b""))
    left = deque(messages)

    async def replay() -> Message:
        return left.popleft() if left else await receive()

    return replay


async def _answer(exchange: Exchange) -> None:
    await exchange.answer(500)


async def _pass_on(exchange: Exchange) -> None:
    for message in await exchange.carry_out():
        await exchange.send(message)


async def _reset(exchange: Exchange) -> None:
    await exchange.abort()


async def _commit_then_drop(exchange: Exchange) -> None:
    await exchange.carry_out()
    await exchange.abort()


async def _commit_then_hang(exchange: Exchange) -> None:
    await exchange.carry_out()
    while (await exchange.receive())["type"] != "http.disconnect":
        pass


async def _commit_then_garble(exchange: Exchange) -> None:
    body = exchange.fault.body
    start, *rest = await exchange.carry_out()
    whole = b"".join(message.get("body", b"") for message in rest)
    garbled = whole[: len(whole) // 2] if body is None else body.encode()
    kept = [header for header in start["headers"] if header[0] != b"content-length"]
    length = (b"content-length", str(len(garbled)).encode())
    await exchange.send({**start, "headers": [*kept, length]})
    await exchange.send({"type": "http.response.body", "body": garbled})


async def _late_commit(exchange: Exchange) -> None:
    await exchange.answer(504)
    await asyncio.sleep(exchange.fault.commit_after)
    await exchange.carry_out()


_PLAYED: Final[dict[Kind, Callable[[Exchange], Awaitable[Any]]]] = {
    Kind.ANSWER: _answer,
    Kind.DELAY: _pass_on,
    Kind.RESET_BEFORE_BODY: _reset,
    Kind.RESET_AFTER_BODY: _reset,
    Kind.COMMIT_THEN_DROP: _commit_then_drop,
    Kind.COMMIT_THEN_HANG: _commit_then_hang,
    Kind.COMMIT_THEN_GARBLE: _commit_then_garble,
    Kind.LATE_COMMIT: _late_commit,
}
