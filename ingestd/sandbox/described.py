"""The OpenAPI description of an operation, from the same definitions that carry it out."""

from __future__ import annotations

import re
from typing import Any, Final

from ingestd.sandbox.models import ErrorMessage, ValidationErrors
from ingestd.sandbox.operations import MULTIPART, Operation
from ingestd.sandbox.paging import DEFAULT_SIZE, SORT_PATTERN
from ingestd.sandbox.rules import Schema, schema_of

SECURITY_SCHEMES: Final = {
    "bearerAuth": {"type": "http", "scheme": "bearer"},
    "oauth2": {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
    },
}

_LIST_PARAMETERS: Final[dict[str, Schema]] = {
    "sort": {"type": "string", "pattern": SORT_PATTERN},
    "page[size]": {"type": "integer", "default": DEFAULT_SIZE},
    "page[cursor]": {"type": "string"},
    "filter": {"type": "string"},
}


def responses_of(operation: Operation) -> dict[int | str, dict[str, Any]]:
    """Return what the operation may answer, by status."""
    model = {} if operation.answer is None else {"model": operation.answer}
    responses: dict[int | str, dict[str, Any]] = {operation.status.value: model}
    errors = [401, 403, 429]
    if "{" in operation.path:
        errors.append(404)
    if operation.media_type == MULTIPART:
        errors.append(413)
    responses |= {status: {"model": ErrorMessage} for status in sorted(errors)}
    if operation.form is not None or _lists(operation):
        responses[422] = {"model": ValidationErrors}
    return responses


def request_of(operation: Operation) -> dict[str, Any]:
    """Return what the operation needs and takes."""
    description: dict[str, Any] = {
        "security": [{"bearerAuth": []}, {"oauth2": list(operation.scopes)}],
        "x-required-scopes": list(operation.scopes),
        "parameters": [_parameter("path", name) for name in re.findall(r"{(\w+)}", operation.path)],
    }
    if _lists(operation):
        description["parameters"] += [_parameter("query", name) for name in _LIST_PARAMETERS]
    if operation.form is not None:
        content = {operation.media_type: {"schema": schema_of(operation.form)}}
        description["requestBody"] = {"content": content}
    return description


def tag_of(operation: Operation) -> str:
    """Return the heading that the operation stands under."""
    return "incoming-invoice-bookings" if "/bookings/" in operation.path else "incoming-invoices"


def _parameter(place: str, name: str) -> dict[str, Any]:
    schema = _LIST_PARAMETERS.get(name, {"type": "string"})
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _lists(operation: Operation) -> bool:
    return operation.id == "listIncomingInvoices"
