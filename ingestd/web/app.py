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
    pages = _Pages(alive, readiness, metrics, guard)
    by_path = {"/healthz": pages.healthz, "/readyz": pages.readyz, "/metrics": pages.metrics}
    # with a slash as well: many who ask take Starlette's redirect from there for an outage
    return Starlette(
        routes=[Route(path + end, page) for path, page in by_path.items() for end in ("", "/")]
    )


class _Pages:
    def __init__(
        self,
        alive: Callable[[], bool],
        readiness: Callable[[], Mapping[str, Any]],
        metrics: Callable[[], bytes],
        guard: Guard,
    ) -> None:
        self._alive = alive
        self._readiness = readiness
        self._metrics = metrics
        self._guard = guard

    async def healthz(self, _: Request) -> Response:
        if self._alive():
            return PlainTextResponse("ok\n")
        return PlainTextResponse("the daemon hangs\n", HTTPStatus.SERVICE_UNAVAILABLE)

    async def readyz(self, request: Request) -> Response:
        found = self._readiness()
        status = HTTPStatus.OK if found["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
        shown = found if self._admits(request) else {"ready": found["ready"]}
        return JSONResponse(shown, status)

    async def metrics(self, request: Request) -> Response:
        if self._admits(request):
            return Response(self._metrics(), headers={"Content-Type": METRICS_TYPE})
        return PlainTextResponse(
            "This needs the token.\n",
            HTTPStatus.UNAUTHORIZED,
            headers={"WWW-Authenticate": "Bearer"},
        )

    def _admits(self, request: Request) -> bool:
        return self._guard.admits(request.headers.get("authorization", ""))
