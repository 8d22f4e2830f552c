"""What is answered: `/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ingestd.web.guard import Guard

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def create_app(
    *,
    alive: Callable[[], bool],
    readiness: Callable[[], Mapping[str, Any]],
    metrics: Callable[[], bytes],
    guard: Guard,
) -> Starlette:
    """Make the application; what it asks for answers at once, and never waits for a disk.

    :param readiness: `ready`, and more for those whom the guard lets pass.
    :param metrics: in Prometheus' text format.
    """

    def is_admitted(request: Request) -> bool:
        return guard.admits(request.headers.get("authorization", ""))

    async def healthz(_: Request) -> Response:
        if alive():
            return PlainTextResponse("ok\n")
        return PlainTextResponse("the daemon hangs\n", HTTPStatus.SERVICE_UNAVAILABLE)

    async def readyz(request: Request) -> Response:
        found = readiness()
        status = HTTPStatus.OK if found["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
        shown = found if is_admitted(request) else {"ready": found["ready"]}
        return JSONResponse(shown, status)

    async def tell_metrics(request: Request) -> Response:
        if not is_admitted(request):
            return PlainTextResponse(
                "This needs the token.\n",
                HTTPStatus.UNAUTHORIZED,
                headers={"WWW-Authenticate": "Bearer"},
            )
        return Response(metrics(), headers={"Content-Type": METRICS_TYPE})

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", tell_metrics),
        ]
    )
