"""Fields from a file's own name, by a regular expression with create fields as named groups."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ingestd.describe.amounts import is_cut_off
from ingestd.describe.apart import TookTooLong
from ingestd.describe.known import Known, Unread
from ingestd.describe.reading import AMOUNTS, READERS
from ingestd.describe.search import Found, Search

SOURCE = "filename_pattern"


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A regular expression whose named groups are keys of `READERS`."""

    expression: str
    search: Search
    """May raise TookTooLong."""

    def read(self, name: str) -> Known:
        r"""What a file's own name says.

        It is searched for in the name without its suffix first, so that `_(?P<title>.+)` does not
        end in `.pdf`, then in the whole name, for patterns that end in `\.pdf`.

        :param name: the file's path relative to its inbox.
        :raises OSError: if it cannot be searched for now.
        """
        own = unicodedata.normalize("NFC", PurePosixPath(name).name)
        try:
            found = self.search(self.expression, [PurePosixPath(own).stem, own])
        except TookTooLong:
            return Known(SOURCE, unread=(Unread("", own, "takes too long to search"),))
        if found is None:
            return Known(SOURCE, unread=(Unread("", own, "does not match"),))
        return _read(found)


def _read(found: Found) -> Known:
    fields: dict[str, Any] = {}
    unread: list[Unread] = []
    for name, text, cut_off in _pieces(found):
        try:
            fields[name] = _value(name, text, cut_off=cut_off)
        except ValueError as error:
            unread.append(Unread(name, text, str(error)))
    said = {name: value for name, value in fields.items() if value not in ("", [])}
    return Known(SOURCE, said, tuple(unread))


def _value(name: str, text: str, *, cut_off: bool) -> Any:
    if cut_off and name in AMOUNTS:
        raise ValueError("is a part of a longer number")
    return READERS[name](text)


def _pieces(found: Found) -> Iterator[tuple[str, str, bool]]:
    """The groups with something in them, and whether a number goes on beside them."""
    for name, (start, end) in found.spans.items():
        if text := found.text[start:end].strip():
            yield name, text, is_cut_off(found.text, start, end)
