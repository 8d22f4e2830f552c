"""Tables: as wide as what is in them where nobody minds, and as a terminal has room on one."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import click

from ingestd.cli.output import colours

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a `Listing`."""

    heading: str
    right: bool = False
    """For amounts."""
    least: int = 0
    """Characters that it yields down to where a terminal is too narrow; 0: it does not yield."""
    tail: bool = False
    """Where it is cut its end is kept, as of paths; else its beginning."""
    folds: bool = False
    """It goes on below instead of being cut, as sentences do."""
    spare: bool = False
    """It is left out where there is no room for all."""


class Listing:
    """A table that is printed part by part, as wide as its first part, and wider when it must.

    Texts are shown as they are: what came from a file's name or a server goes through `printable`
    first (see `ingestd.observe`). Where the output is no terminal, every value is whole.
    """

    def __init__(self, columns: Sequence[Column], *, room: int | None = None) -> None:
        """Begin a table.

        :param room: characters in a line; None: that of the terminal, or any where there is none.
        """
        self._columns = columns
        self._widths = [width(column.heading) for column in columns]
        self._shown = [True for _ in columns]
        self._room = room or (shutil.get_terminal_size().columns if sys.stdout.isatty() else None)
        self.begun = False

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Print further rows."""
        for line in self.lines(rows):
            click.echo(line)

    def lines(self, rows: Iterable[Sequence[str]]) -> Iterator[str]:
        """Yield the lines of further rows, with the headings before the first."""
        listed = list(rows)
        if not listed:
            return
        for row in listed:
            self._widths = [max(pair) for pair in zip(self._widths, map(width, row), strict=True)]
        self._yield_room()
        if not self.begun:
            line = next(self._lines_of([column.heading for column in self._columns]))
            yield click.style(line, bold=True) if colours() else line
        self.begun = True
        for row in listed:
            yield from self._lines_of(row)

    def _over(self) -> int:
        """Characters that a line has too many."""
        shown = [wide for wide, shown in zip(self._widths, self._shown, strict=True) if shown]
        return sum(shown) + len(_GAP) * (len(shown) - 1) - (self._room or sys.maxsize)

    def _yield_room(self) -> None:
        if not self.begun and self._over() > 0:  # what has its heading already stays
            self._shown = [not column.spare for column in self._columns]
        while self._over() > 0 and (yielding := self._yielding()):
            self._widths[max(yielding, key=self._widths.__getitem__)] -= 1

    def _yielding(self) -> list[int]:
        """The columns that can be narrower yet; the widest is the first to be."""
        return [
            number
            for number, column in enumerate(self._columns)
            if column.least
            and self._shown[number]
            and self._widths[number] > max(column.least, width(column.heading))
        ]

    def _lines_of(self, row: Sequence[str]) -> Iterator[str]:
        cells = [
            [_cell(line, column, room) for line in _fitted(text, column, room)]
            for text, column, room, shown in zip(
                row, self._columns, self._widths, self._shown, strict=True
            )
            if shown
        ]
        empty = [" " * width(lines[0]) for lines in cells]
        for pieces in zip_longest(*cells):
            line = (piece or space for piece, space in zip(pieces, empty, strict=True))
            yield _GAP.join(line).rstrip()


def _fitted(text: str, column: Column, room: int) -> list[str]:
    if not column.least or width(text) <= room:
        return [text]
    if column.folds:
        return folded(text, room)
    return [cut(click.unstyle(text), room, tail=column.tail)]


def _cell(text: str, column: Column, room: int) -> str:
    space = " " * (room - width(text))
    return space + text if column.right else text + space


def width(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese letters two, accents and colours none."""
    plain = click.unstyle(text)
    return len(plain) if plain.isascii() else sum(map(_columns, plain))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, room: int, *, tail: bool = False) -> str:
    """A text that takes no more than `room` columns.

    :param tail: keep its end.
    """
    if width(text) <= room:
        return text
    while width(text) > room - 1:
        text = text[1:] if tail else text[:-1]
    return f"…{text}" if tail else f"{text}…"


def folded(text: str, room: int) -> list[str]:
    """The lines of a text, none of which takes more than `room` columns; broken between words."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= room:
            lines[-1] = longer
            continue
        pieces = list(_pieces(word, room))
        lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return lines


def _pieces(word: str, room: int) -> Iterator[str]:
    """A word that may be too long for a line, in pieces that are not."""
    piece = ""
    for character in word:
        if piece and width(piece + character) > room:
            yield piece
            piece = ""
        piece += character
    yield piece
