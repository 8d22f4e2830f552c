"""The rules for fields that hold several values, and for the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingestd.sandbox.records import VatLine
from ingestd.sandbox.rules import Complaints, Number, Rule, Schema, Text, numbered
from ingestd.sandbox.upload import LARGEST_FILE, Upload

_ITEM = Text(nullable=False)
_LINE = {"vat": Number(nullable=False), "value": Number(nullable=False)}


@dataclass(frozen=True, kw_only=True)
class Texts(Rule):
    """An array of strings. The API's own example for create sends one bare string: `or_one`."""

    or_one: bool = False

    def _schema(self) -> Schema:
        return {"type": "array", "items": _ITEM.schema()}

    def _read(self, value: object, at: str, complaints: Complaints) -> tuple[str, ...]:
        items = numbered([value] if self.or_one and isinstance(value, str) else value)
        if items is None:
            complaints.add(at, "The {} field must be an array.")
            return ()
        return tuple(_ITEM.accept(item, f"{at}.{key}", complaints) for key, item in items)


@dataclass(frozen=True, kw_only=True)
class VatLines(Rule):
    """An array of VAT lines, each with a rate and an amount.

    Both are asked for although the page requires neither: a line is always answered with both,
    and one with a misspelt key should be noticed.
    """

    def _schema(self) -> Schema:
        line = {"type": "object", "properties": {key: rule.schema() for key, rule in _LINE.items()}}
        return {"type": "array", "items": line}

    def _read(self, value: object, at: str, complaints: Complaints) -> tuple[VatLine, ...]:
        lines = numbered(value)
        if lines is None:
            complaints.add(at, "The {} field must be an array.")
            return ()
        return tuple(_vat_line(line, f"{at}.{key}", complaints) for key, line in lines)


def _vat_line(line: object, at: str, complaints: Complaints) -> VatLine:
    if not isinstance(line, Mapping):
        complaints.add(at, "The {} field must be an array.")
        return VatLine(0, 0)
    for key in _LINE:
        if line.get(key) is None:
            complaints.add(f"{at}.{key}", "The {} field is required.")
    # A number that is missing or wrong is 0 here, beside the complaint that refuses the request.
    given = {key: rule for key, rule in _LINE.items() if line.get(key) is not None}
    read = {key: rule.accept(line[key], f"{at}.{key}", complaints) for key, rule in given.items()}
    return VatLine(read.get("vat") or 0, read.get("value") or 0)


@dataclass(frozen=True, kw_only=True)
class File(Rule):
    """A PDF or an image, by its content; its size was limited while it was read."""

    limit_documented: bool = True

    def _schema(self) -> Schema:
        limit = {"maxLength": LARGEST_FILE} if self.limit_documented else {}
        return {"type": "string", "format": "binary", **limit}

    def _read(self, value: object, at: str, complaints: Complaints) -> Upload | None:
        if not isinstance(value, Upload):
            complaints.add(at, "The {} field must be a file.")
            return None
        if not value.is_document():
            complaints.add(
                at, "The {} field must be a file of type: pdf, jpg, png, gif, tif, bmp, webp, heic."
            )
        return value
