"""The outermost layer: numbers and enters every request, and lets faults strike."""

from __future__ import annotations

import logging
from functools import partial

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestd.sandbox.faults import Fault, Faults
from ingestd.sandbox.journal import Journal
from ingestd.sandbox.misbehaviour import Exchange, misbehave

CONTROL = "/_control"

_log = logging.getLogger("ingestd.sandbox")


class Front:
    """An ASGI middleware; `operations` are (method, path template, id).

    Requests to `/_control` are neither struck nor entered: they are the test's own.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        operations: list[tuple[str, str, str]],
        faults: Faults,
        journal: Journal,
    ) -> None:
        self._app = app
        self._routes = [(method, compile_path(path)[0], name) for method, path, name in operations]
        self._faults = faults
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, _labelled("control", send))
            return
        operation = self._operation(scope["method"], scope["path"])
        fault = self._faults.strike(operation)
        kind = fault.kind.value if fault else ""
        entry = self._journal.begin(scope["method"], scope["path"], operation, kind)
        send = _labelled(str(entry.number), send)
        try:
            await self._serve(entry.number, fault, scope, receive, send)
        except ClientDisconnect:
            return

    async def _serve(
        self, number: int, fault: Fault | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer, as a rule by the application, and enter the answer before the client sees it."""

        async def entered(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                self._journal.note(number, status=status, outcome=None if fault else status)
            await send(message)

        app = partial(_surely, self._app)
        if fault is None:
            await app(scope, receive, entered)
        else:
            concluded = partial(self._conclude, number)
            await misbehave(Exchange(fault, app, scope, receive, entered, concluded))

    def _conclude(self, number: int, status: int) -> None:
        self._journal.note(number, outcome=status)

    def _operation(self, method: str, path: str) -> str:
        for known_method, pattern, name in self._routes:
            if method == known_method and pattern.match(path):
                return name
        return ""


def _labelled(number: str, send: Send) -> Send:
    """Return a `send` that gives every answer its X-Request-Id."""
    label = (b"x-request-id", f"sandbox-{number}".encode())

    async def labelled(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), label]}
        await send(message)

    return labelled


async def _surely(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Call the application; a mistake of the sandbox's own is logged and answered with 500."""
    try:
        await app(scope, receive, send)
    except ClientDisconnect:
        raise
    except Exception:  # noqa: BLE001 -- as any web framework does; it is logged whole
        _log.exception("sandbox.failed")
        await JSONResponse({"message": "Server Error"}, 500)(scope, receive, send)
