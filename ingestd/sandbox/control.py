"""`/_control`: faults, journal and tokens by HTTP, for tests that run in another process.

| request                       | does                                             |
|-------------------------------|--------------------------------------------------|
| GET /_control/journal         | answers the counts by operation, and the entries |
| DELETE /_control/journal      | clears the journal                               |
| GET /_control/faults          | answers the faults in force                      |
| POST /_control/faults         | adds one: a JSON object with the fields of Fault |
| DELETE /_control/faults       | clears them                                      |
| POST /_control/expire-tokens  | lets all issued tokens expire                    |
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingestd.sandbox.auth import Tokens
from ingestd.sandbox.bodies import LARGEST_JSON, read_limited
from ingestd.sandbox.errors import invalid
from ingestd.sandbox.faults import Fault, Faults
from ingestd.sandbox.front import CONTROL
from ingestd.sandbox.journal import Entry, Journal

_FAULT = TypeAdapter(Fault)
_FAULTS = TypeAdapter(list[Fault])
_ENTRIES = TypeAdapter(list[Entry])


def control_router(faults: Faults, journal: Journal, tokens: Tokens) -> APIRouter:
    """Return the control routes."""
    router = APIRouter(prefix=CONTROL, include_in_schema=False)

    @router.get("/journal")
    async def read_journal() -> Response:
        entries: Any = _ENTRIES.dump_python(journal.entries(), mode="json")
        return JSONResponse({"counts": journal.counts(), "entries": entries})

    @router.get("/faults")
    async def read_faults() -> Response:
        return JSONResponse(_FAULTS.dump_python(faults.in_force(), mode="json"))

    @router.post("/faults")
    async def add_fault(request: Request) -> Response:
        try:
            fault = _FAULT.validate_json(await read_limited(request, LARGEST_JSON))
        except ValidationError as wrong:
            raise invalid({"fault": [problem["msg"] for problem in wrong.errors()]}) from wrong
        faults.add(fault)
        return Response(status_code=204)

    for method, path, act in (
        ("DELETE", "/journal", journal.clear),
        ("DELETE", "/faults", faults.clear),
        ("POST", "/expire-tokens", tokens.expire_issued),
    ):
        router.add_api_route(path, _acting(act), methods=[method], status_code=204)
    return router


def _acting(act: Callable[[], None]) -> Callable[[], Awaitable[Response]]:
    async def endpoint() -> Response:
        act()
        return Response(status_code=204)

    return endpoint
