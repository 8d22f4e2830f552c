"""What commands print: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def colours(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether standard output is a terminal that may be coloured (see no-color.org)."""
    return sys.stdout.isatty() and not environ.get("NO_COLOR")


def coloured(text: str, colour: str) -> str:
    """Colour a text where that is wanted."""
    return click.style(text, fg=colour) if colours() else text


def print_json(value: object) -> None:
    """Print one JSON value on a line of its own."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    if _LONE_SURROGATE.search(text):  # a name that is no text: raw, it would be no JSON
        text = json.dumps(value, default=_plain)
    click.echo(text)


def _plain(value: object) -> Any:
    match value:
        case Decimal():
            number = float(value)
            return number if Decimal(repr(number)) == value else str(value)
        case datetime():
            return value.isoformat()
        case set() | frozenset() | tuple():
            return list(value)
        case _:
            return str(value)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns as wide as what is in them; two spaces apart, no lines.

    Texts are shown as they are: what came from a file's name or a server goes through `printable`
    first (see `ingestd.observe`).
    """
    table = [list(headings), *(list(row) for row in rows)]
    widths = [max(click.unstyle(row[n]).__len__() for row in table) for n in range(len(headings))]
    for number, row in enumerate(table):
        cells = [
            cell + " " * (width - len(click.unstyle(cell)))
            for cell, width in zip(row, widths, strict=True)
        ]
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if number == 0 and colours() else line)
