"""The sandbox as an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingestd.sandbox import oauth
from ingestd.sandbox.auth import Tokens
from ingestd.sandbox.control import control_router
from ingestd.sandbox.described import SECURITY_SCHEMES, request_of, responses_of, tag_of
from ingestd.sandbox.errors import Refused
from ingestd.sandbox.faults import Faults
from ingestd.sandbox.front import Front
from ingestd.sandbox.journal import Journal
from ingestd.sandbox.operations import OPERATIONS, Operation
from ingestd.sandbox.store import Store

PREFIX = "/api/v1"

_NO_CLIENTS: Mapping[str, str] = {}


class Sandbox(FastAPI):
    """A local Kanbert; `tokens` and `journal` are there for tests to look at and change."""

    def __init__(self, *, tokens: Tokens, journal: Journal) -> None:
        super().__init__(title="Kanbert sandbox", redoc_url=None, redirect_slashes=False)
        self.tokens = tokens
        self.journal = journal

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API."""
        description = super().openapi()
        description["components"]["securitySchemes"] = SECURITY_SCHEMES
        return description


def create_app(
    store: Store,
    *,
    tokens: Mapping[str, frozenset[str]],
    oauth_clients: Mapping[str, str] = _NO_CLIENTS,
    faults: Faults | None = None,
    journal: Journal | None = None,
    control: bool = False,
    token_lifetime: int = 3600,
) -> Sandbox:
    """Return a Kanbert that keeps its invoices in `store`.

    It accepts `tokens`, by their scopes, and those that it issues to `oauth_clients`, who are known
    by their secrets, for `token_lifetime` seconds. It misbehaves as `faults` say and enters every
    request in `journal`. With `control`, all these can be reached by HTTP, see `control`.
    """
    faults = faults or Faults()
    keys = Tokens(tokens, clients=oauth_clients, clock=store.clock, lifetime=token_lifetime)
    app = Sandbox(tokens=keys, journal=journal or Journal())
    for operation in OPERATIONS:
        _add_operation(app, operation, store)
    app.add_route(oauth.PATH, _token_endpoint(keys), methods=["POST"], include_in_schema=False)
    if control:
        app.include_router(control_router(faults, app.journal, keys))
    app.add_exception_handler(Refused, _refuse)
    app.add_exception_handler(HTTPException, _refuse_route)
    app.add_middleware(Front, operations=_named(), faults=faults, journal=app.journal)
    return app


def _named() -> list[tuple[str, str, str]]:
    """Return method, path and name of what faults and journal call by a name."""
    named = [(each.method, PREFIX + each.path, each.id) for each in OPERATIONS]
    return [*named, ("POST", oauth.PATH, oauth.OPERATION)]


def _add_operation(app: Sandbox, operation: Operation, store: Store) -> None:
    async def endpoint(request: Request) -> Response:
        # Before the body is read: whoever may not do this cannot make us read it either.
        app.tokens.authorise(request.headers.get("authorization", ""), operation.scopes)
        return await operation.carry_out(request, store)

    app.add_api_route(
        PREFIX + operation.path,
        endpoint,
        methods=[operation.method],
        operation_id=operation.id,
        summary=operation.summary,
        tags=[tag_of(operation)],
        status_code=operation.status,
        response_model=None,
        responses=responses_of(operation),
        openapi_extra=request_of(operation),
    )


def _token_endpoint(tokens: Tokens) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await oauth.issue_token(request, tokens)

    return endpoint


async def _refuse(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return JSONResponse(refused.body(), refused.status)


async def _refuse_route(_request: Request, refused: Exception) -> Response:
    """Answer for a path or a method that there is not."""
    assert isinstance(refused, HTTPException)
    message = "Not found." if refused.status_code == 404 else refused.detail  # noqa: PLR2004
    return JSONResponse({"message": message}, refused.status_code, headers=refused.headers)
