"""One answer as it came over the wire, at most 1 MiB of it, and its reading as JSON."""

from __future__ import annotations

import codecs
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

MAX_BYTES = 1024 * 1024
"""A page of 100 invoices takes about 100 kB; what is larger is not an answer of this API."""

_BEFORE_A_PAGE = b" \t\r\n\f\v" + codecs.BOM_UTF8 + codecs.BOM_UTF16 + b"\0"
"""Bytes; space, and a byte order mark with the zeros of UTF-16."""
_MAX_DEPTH = 64
_SHORTEST_SECRET = 8


class CutShort(Exception):
    """The rest of a body did not come; the message says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (names in lower case) and body of an answer.

    `flaw` says why the body could not be read whole; the status counts all the same.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    flaw: str = ""

    @property
    def is_success(self) -> bool:
        """Whether the status reports success."""
        return self.status // 100 == 2  # noqa: PLR2004 - the class of the status, RFC 9110 §15

    @property
    def is_redirect(self) -> bool:
        """Whether it points elsewhere, which is never followed."""
        return self.status // 100 == 3  # noqa: PLR2004 - as above

    @property
    def is_error(self) -> bool:
        """Whether the status reports an error."""
        return self.status >= HTTPStatus.BAD_REQUEST

    @property
    def is_page(self) -> bool:
        """Whether this is a page for people (or XML) where the API would have sent JSON."""
        said = self.headers.get("content-type", "").lower()
        return "html" in said or self.body.lstrip(_BEFORE_A_PAGE).startswith(b"<")

    def without(self, secret: str) -> Reply:
        """Return the answer with a secret blotted out: a server in debug mode may echo it.

        A secret below 8 characters is none, and could be part of any word ("t" of external_id).
        """
        if len(secret) < _SHORTEST_SECRET:
            return self
        return replace(self, body=self.body.replace(secret.encode(), b"***"))

    def json(self) -> Any:
        """Read the body as JSON, numbers with a fraction as Decimal.

        Raises ValueError for what is no JSON, was cut short, is nested absurdly deep, or holds
        NaN, an infinity, or a number too large even for Decimal.
        """
        if self.flaw:
            raise ValueError(self.flaw)
        try:
            value = json.loads(self.body, parse_float=_fraction, parse_constant=_no_number)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if self.body.count(b"[") + self.body.count(b"{") > _MAX_DEPTH:
            _refuse_depth(value)
        return value


def _fraction(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent of 19 digits or more; no ValueError
        raise ValueError("a number beyond all bounds") from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _refuse_depth(value: Any) -> None:
    """Walk level by level, for a recursion could overflow as the parser's does."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ValueError("nested too deep")


def read_capped(
    chunks: Iterable[bytes], encoding: str, *, limit: int = MAX_BYTES
) -> tuple[bytes, str]:
    """Read a body, undoing gzip; the answer is what was read, and what was wrong ("" = nothing).

    Never takes nor holds more than `limit` bytes: httpx's own decoder inflates each chunk whole,
    and 64 kB of gzip may be 64 MB of zeros, or endless empty blocks that come to nothing.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return _joined(chunks, limit)
        case "gzip" | "x-gzip":
            return _joined(_inflated(chunks, limit), limit)
        case other:
            return b"", f"encoded as {other[:20]!r}, which was not asked for"


def _joined(chunks: Iterable[bytes], limit: int) -> tuple[bytes, str]:
    body = bytearray()
    try:
        for chunk in chunks:
            body += chunk[: limit + 1 - len(body)]
            if len(body) > limit:
                return bytes(body[:limit]), f"larger than {limit} bytes"
    except zlib.error:
        return bytes(body), "broken gzip"
    except CutShort as error:
        return bytes(body), str(error)
    return bytes(body), ""


def _inflated(chunks: Iterable[bytes], limit: int) -> Iterable[bytes]:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > limit:
            raise CutShort(f"larger than {limit} bytes")
        yield inflater.decompress(chunk, limit + 1)
    if not inflater.eof:
        raise zlib.error("cut short")
