"""Request bodies, read with a limit and tidied as Laravel does: trimmed, and empty texts null."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ingestd.sandbox.errors import Refused, invalid, too_large
from ingestd.sandbox.parts import Parts, nested
from ingestd.sandbox.upload import LARGEST_FILE

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST_JSON = 1024 * 1024
LARGEST_FORM = LARGEST_FILE + LARGEST_JSON


async def read_form(request: Request) -> dict[str, object]:
    """Return the fields of a multipart body, nested; a file is an `Upload`.

    Raises:
        Refused: 415 for another media type, 413 above the limits, 400 for a broken or cut-off body.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data" or not options.get(b"boundary"):
        raise Refused(415, "The request body must be multipart/form-data.")
    parts = Parts()
    try:
        parser = MultipartParser(options[b"boundary"], cast("Any", parts.callbacks()))
        async for chunk in _limited(request, LARGEST_FORM):
            parser.write(chunk)
    except FormParserError as broken:
        raise Refused(400, "The request body could not be read.") from broken
    if not parts.complete:
        raise Refused(400, "The request body ended too early.")
    return {name: tidy(value) for name, value in nested(parts.fields).items()}


async def read_json(request: Request) -> dict[str, object]:
    """Return the object of a JSON body; its numbers are exact.

    Raises:
        Refused: 413 above the limit, 422 if it is no JSON object.
    """
    body = await read_limited(request, LARGEST_JSON)
    try:
        given = tidy(json.loads(body, parse_float=Decimal))
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise invalid({"body": ["The body must be a JSON object."]})
    return given


async def read_limited(request: Request, limit: int) -> bytes:
    """Return a body of at most `limit` bytes.

    Raises:
        Refused: 413 if it is larger, of which no more than the limit is read.
    """
    return b"".join([chunk async for chunk in _limited(request, limit)])


def tidy(value: object) -> object:
    """Trim texts, at any depth, and make empty ones null."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if isinstance(value, dict):
        return {key: tidy(item) for key, item in value.items()}
    return value


async def _limited(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body's chunks, and stop reading as soon as it is known to be above the limit."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large()
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise too_large()
        yield chunk
