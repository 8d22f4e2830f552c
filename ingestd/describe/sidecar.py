"""What a sidecar says: create fields in TOML or JSON, read strictly.

It comes from wherever its document does. What is wrong in it is told to whoever wrote it, and is
never left out: an invoice without the number that stood there would look complete.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ingestd import toml
from ingestd.errors import UnfitDocument
from ingestd.sidecars import EINVOICE, FIELDS, is_called_like_one
from ingestd.spelling import nearest

LARGEST_SIDECAR = 64 * 1024
"""Bytes; every field at its longest takes less."""
MOST_TOLD = 5
"""Mistakes that are told at once."""

_TOO_DEEP = "it is nested too deeply"
_TOO_LONG = "a number in it is too long"
_ENDLESS = "integer string conversion"
"""In what Python says of such a number, whichever parser met it."""
_UNKNOWN = "extra_forbidden"
_PART = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
# tomllib takes seconds for a key of thousands of parts (seen with Python 3.11)
_LONG_KEY = re.compile(rf"(?<![\w.-])(?:{_PART}[ \t]*+\.[ \t]*+){{50}}")

M = TypeVar("M", bound=BaseModel)


def said_in(sidecars: Mapping[str, bytes], model: type[M]) -> dict[str, Any]:
    """The fields that a document's sidecars give it; e-invoices among them are passed over.

    :param sidecars: what is in each, by name.
    :param model: what may be said.
    :raises UnfitDocument: naming the file, the key and what is wrong with it.
    """
    names = [name for name in sidecars if _suffix(name) in FIELDS]
    if len(names) > 1:
        raise UnfitDocument(
            f"The document has {len(names)} sidecars: {' and '.join(sorted(names))}.",
            hint="Keep the one that is meant, and drop it into the inbox with the document again.",
        )
    return _said_in(names[0], sidecars[names[0]], model) if names else {}


def alone(name: str) -> UnfitDocument | None:
    """What a bookkeeper is told of a document that is called like a sidecar; None of another."""
    if not is_called_like_one(name):
        return None
    if _suffix(name) == EINVOICE:
        return UnfitDocument(
            "An e-invoice in XML cannot be delivered by itself: Kanbert takes PDFs and images.",
            hint="Drop it into the inbox again together with its PDF, under the same name.",
        )
    return UnfitDocument(
        "This is a sidecar, and its document was not beside it.",
        hint="Drop it into the inbox again together with its document, under the same name.",
    )


def _said_in(name: str, data: bytes, model: type[M]) -> dict[str, Any]:
    try:
        given = _parsed(name, data)
        return model.model_validate(given).model_dump(exclude_unset=True)
    except ValidationError as error:
        found = sorted(error.errors(include_url=False), key=lambda one: one["type"] != _UNKNOWN)
        wrong = [_sentence(details, model) for details in found]
    except ValueError as error:
        wrong = [_TOO_LONG if _ENDLESS in str(error) else str(error).rstrip(".")]
    except RecursionError:
        wrong = [_TOO_DEEP]
    told = [_short(one, 200) for one in wrong[:MOST_TOLD]]
    more = [f"and {len(wrong) - MOST_TOLD} more"] if len(wrong) > MOST_TOLD else []
    said = "; ".join(told + more)
    raise UnfitDocument(
        f"The sidecar {name} cannot be used: {said}{'' if said.endswith('?') else '.'}",
        hint=f"Correct {name}, and drop it into the inbox together with its document.",
    )


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _parsed(name: str, data: bytes) -> dict[str, Any]:
    try:
        text = data.decode("utf-8-sig")  # Windows editors put a byte order mark in front
    except UnicodeDecodeError:
        raise ValueError("it is not in UTF-8") from None
    if not text.strip():
        raise ValueError("it is empty")
    parse = _PARSERS[_suffix(name)]
    given = parse(text)
    if not isinstance(given, dict):
        raise ValueError("it must be fields in braces, such as {...}")  # noqa: TRY004 - a mistake
    return given


def _toml(text: str) -> object:
    if _LONG_KEY.search(text):
        raise ValueError(_TOO_DEEP)
    return toml.parsed(text, parse_float=_exact)


def _json(text: str) -> object:
    return json.loads(
        text, parse_float=_exact, parse_constant=_no_number, object_pairs_hook=_object
    )


_PARSERS: Mapping[str, Callable[[str], object]] = {".toml": _toml, ".json": _json}


def _exact(written: str) -> Decimal:
    try:
        number = Decimal(written)
    except ArithmeticError:  # an exponent of dozens of digits
        _no_number(written)
    return number if number.is_finite() else _no_number(written)


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{_short(written, 20)} is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'"{_short(key, 80)}" is there twice')
        found[key] = value
    return found


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."


def _sentence(details: ErrorDetails, model: type[BaseModel]) -> str:
    key = _short(".".join(str(part) for part in details["loc"]), 80)
    if details["type"] == _UNKNOWN:
        near = nearest(str(details["loc"][-1]), _keys_beside(details["loc"], model))
        return f'"{key}" is no field' + (f'; did you mean "{near}"?' if near else "")
    what = _MEANT.get(details["type"], details["msg"]).removeprefix("Input ")
    return f'"{key}" {what[:1].lower()}{what[1:]}'


_MEANT = {
    "missing": "is missing",
    "list_type": "must be a list",
    "model_type": "must be a table of fields",
    "string_type": "must be text",
    "string_too_long": "is too long",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}
"""In place of the library's words, where those are a programmer's."""


def _keys_beside(location: tuple[int | str, ...], model: type[BaseModel]) -> Iterator[str]:
    """The fields of what a wrong key stands in."""
    kind: Any = model
    for part in location[:-1]:
        if isinstance(part, str):
            kind = next(_models_in(kind.model_fields[part].annotation))
    yield from kind.model_fields


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models_in(part)
