"""Tables that are printed part by part, as what is in them comes."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from ingestd.cli.output import colours


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a `Listing`."""

    heading: str
    right: bool = False
    """For amounts."""
    yields: bool = False
    """Cut short where the terminal is too narrow for all."""


_LEAST = 12
"""Characters; a column that yields is not cut shorter."""


class Listing:
    """A table that is printed part by part, as wide as its first part, and wider when it must."""

    def __init__(self, columns: Sequence[Column], *, room: int | None = None) -> None:
        """Begin a table.

        :param room: characters in a line; None: that of the terminal, or any where there is none.
        """
        self._columns = columns
        self._widths = [len(column.heading) for column in columns]
        self._room = room or (shutil.get_terminal_size().columns if sys.stdout.isatty() else None)
        self.begun = False

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Print further rows."""
        listed = list(rows)
        if not listed:
            return
        for row in listed:
            self._widths = [max(pair) for pair in zip(self._widths, map(width, row), strict=True)]
        self._yield_room()
        if not self.begun:
            line = self._line([column.heading for column in self._columns])
            click.echo(click.style(line, bold=True) if colours() else line)
        self.begun = True
        for row in listed:
            click.echo(self._line(row))

    def _yield_room(self) -> None:
        over = sum(self._widths) + 2 * (len(self._widths) - 1) - (self._room or sys.maxsize)
        for number, column in enumerate(self._columns):
            wide = self._widths[number]
            if column.yields and over > 0:
                self._widths[number] = max(min(_LEAST, wide), wide - over)

    def _line(self, row: Sequence[str]) -> str:
        cells = zip(row, self._columns, self._widths, strict=True)
        return "  ".join(_cell(*cell) for cell in cells).rstrip()


def _cell(text: str, column: Column, room: int) -> str:
    text = cut(text, room) if column.yields else text
    space = " " * (room - width(text))
    return space + text if column.right else text + space


def width(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese letters two, accents of letters none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, room: int) -> str:
    """A text that takes no more than `room` columns."""
    if width(text) <= room:
        return text
    while width(text) > room - 1:
        text = text[:-1]
    return text + "…"
