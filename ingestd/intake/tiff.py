"""Whether every page of a TIFF lies inside the file.

TIFF has no end mark. It is a chain of directories, one per page, that name the offsets of all
there is, so an interrupted copy shows as an offset beyond the end. Libraries write either the
directories or the pictures last, hence both are followed. Source: TIFF 6.0, section 2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

READING = 16 * 1024 * 1024
"""Bytes that are read of one file, all in all: a hostile one must not keep its inbox busy.

Enough for some thousand pages. What would take more is not whole.
"""
BLOCK = 512
"""Bytes that every read counts for at least, so that a chain in a circle ends as well."""
STRIPS = 65_536
"""Pieces of one picture that are checked one by one; of more, only their list is."""

_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes per value of each field type; readers skip fields of other types."""
_INTEGERS = {3: "H", 4: "I"}
_PIECES = ((273, 279), (324, 325))
"""Tags of the offsets and the lengths of strips, and of tiles."""


Read = Callable[[int, int], bytes]
"""Reads so many bytes of a file from an offset; fewer at its end, none behind it."""


def pages_are_there(read: Read, size: int) -> bool:
    """Follow the chain of pages of a TIFF; False where one leaves the file."""
    return _Tiff(read, size).is_whole()


@dataclass(frozen=True, slots=True)
class _Field:
    type: int
    count: int
    value: bytes
    """The value itself where it fits, else its offset."""

    @property
    def length(self) -> int:
        return _WIDTHS.get(self.type, 0) * self.count

    @property
    def is_inline(self) -> bool:
        return self.length <= len(self.value)


class _Tiff:
    def __init__(self, read: Read, size: int) -> None:
        self._read_at = read
        self._size = size
        self._left = READING
        self._order = "<" if read(2, 0) == b"II" else ">"

    def is_whole(self) -> bool:
        page = self._integer("I", 4)
        while page:
            page = self._next_page(page)
            if page == 0:
                return True
        return False

    def _next_page(self, at: int) -> int | None:
        """Return the offset of the page after that at `at`, 0 at the end, None if it is torn."""
        count = self._integer("H", at)
        if count is None:
            return None
        width = 12 * count
        entries = self._read(width, at + 2)
        following = self._integer("I", at + 2 + width)
        if len(entries) < width or following is None:
            return None
        fields = {
            tag: _Field(type_, number, value)
            for tag, type_, number, value in struct.iter_unpack(f"{self._order}HHI4s", entries)
        }
        whole = all(map(self._is_inside, fields.values())) and self._picture_is_inside(fields)
        return following if whole else None

    def _is_inside(self, field: _Field) -> bool:
        return field.is_inline or self._offset(field) + field.length <= self._size

    def _picture_is_inside(self, fields: dict[int, _Field]) -> bool:
        for offsets, lengths in _PIECES:
            if offsets in fields and lengths in fields:
                pieces = zip(
                    self._integers(fields[offsets]), self._integers(fields[lengths]), strict=False
                )
                if any(offset + length > self._size for offset, length in pieces):
                    return False
        return True

    def _integers(self, field: _Field) -> tuple[int, ...]:
        code = _INTEGERS.get(field.type)
        if code is None or field.count > STRIPS:
            return ()
        raw = field.value if field.is_inline else self._read(field.length, self._offset(field))
        raw = raw[: field.length]
        if len(raw) < field.length:
            return ()  # what is not read is not checked
        return struct.unpack(f"{self._order}{field.count}{code}", raw)

    def _offset(self, field: _Field) -> int:
        return int.from_bytes(field.value, "little" if self._order == "<" else "big")

    def _read(self, width: int, at: int) -> bytes:
        self._left -= max(width, BLOCK)
        return self._read_at(width, at) if self._left >= 0 else b""

    def _integer(self, code: str, at: int) -> int | None:
        width = struct.calcsize(code)
        raw = self._read(width, at)
        return struct.unpack(self._order + code, raw)[0] if len(raw) == width else None
