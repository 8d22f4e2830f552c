"""How a request's fields look on the wire: multipart forms, JSON bodies, and the document's name.

Laravel's stock rules decide where the API's page is silent: lists as `tags[0]`, nested as
`vats[0][vat]`, booleans as 1 and 0 (the texts true and false are refused by its boolean rule),
null as an empty string. Numbers are written plainly, never through a float.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ingestd.kanbert.values import iso, plain

_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_UNFIT = re.compile(r'["%\\/:*?<>|]')
_MAX_NAME_BYTES = 150
_MAX_SUFFIX_BYTES = 16


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file in a form: its bytes, the name it is to go by, and what it is ("" = look)."""

    content: bytes
    name: str
    media_type: str = ""


def form_fields(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Flatten fields into the pairs of a form, lists and nested fields in brackets."""
    for name, value in values.items():
        yield from _pairs(name, value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case BaseModel():
            for inner in type(value).model_fields:
                yield from _pairs(f"{name}[{inner}]", getattr(value, inner))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _pairs(f"{name}[{index}]", item)
        case _:
            yield name, _written(value)


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Decimal():
            return plain(value)
        case datetime():
            return iso(value)
    return str(value)


def multipart(
    fields: Iterator[tuple[str, str]], file: FilePart | None, *, boundary: str
) -> Sequence[bytes]:
    """Encode a form (RFC 7578) as chunks of which one is the file's bytes themselves, uncopied.

    `boundary` must be unguessable: a document that contained it could add fields of its own.
    """
    mark = f"--{boundary}\r\n"
    head = "".join(
        f'{mark}Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    end = f"--{boundary}--\r\n".encode()
    if file is None:
        return [head.encode(), end]
    name = document_name(file.name)
    head += (
        f'{mark}Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {_media_type(file)}\r\n\r\n"
    )
    return [head.encode(), file.content, b"\r\n" + end]


def _media_type(file: FilePart) -> str:
    if _MEDIA_TYPE.fullmatch(file.media_type):
        return file.media_type
    known = (kind for mark, kind in _SIGNATURES.items() if file.content.startswith(mark))
    return next(known, "application/octet-stream")


def file_part(file: bytes | Path, name: str, media_type: str) -> FilePart:
    """Read what is to be sent as a file; its name is that of the path unless another is given."""
    if isinstance(file, Path):
        return FilePart(file.read_bytes(), name or file.name, media_type)
    return FilePart(file, name, media_type)


def document_name(name: str) -> str:
    """Make the name that a document is announced under: recognisable, and nothing but a name.

    RFC 7578 leaves quoting to each side, and sides differ (%22, backslash), so what would need it
    becomes `_`: quotes, backslashes, %, path and wildcard characters, control and format
    characters (also those that turn the writing direction) and bytes that are no text. Letters of
    every script stay, as UTF-8. 150 bytes at most; the suffix survives the cutting.
    """
    last = re.split(r"[/\\]", name)[-1]
    text = unicodedata.normalize("NFC", last)
    text = "".join(
        "_" if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029" else c for c in text
    )
    text = _UNFIT.sub("_", text).strip(" .")
    stem, dot, suffix = text.rpartition(".")
    if not dot or len(suffix.encode()) > _MAX_SUFFIX_BYTES:
        stem, suffix = text, ""
    ending = f".{suffix}" if suffix else ""
    room = _MAX_NAME_BYTES - len(ending.encode())
    return (stem.encode()[:room].decode(errors="ignore").strip() or "document") + ending


def json_body(values: Mapping[str, Any]) -> bytes:
    """Encode fields as a JSON object, Decimals digit by digit."""
    return _json(values).encode()


def _json(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ",".join(f"{json.dumps(k)}:{_json(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(_json(item) for item in value) + "]"
        case BaseModel():
            return _json({name: getattr(value, name) for name in type(value).model_fields})
        case Decimal():
            return plain(value)
        case datetime():
            return json.dumps(iso(value))
    return json.dumps(value)
