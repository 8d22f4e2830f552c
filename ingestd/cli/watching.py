"""Showing something anew on a terminal, in place of what was shown before."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from ingestd.cli.listing import width

_OTHER_SCREEN, _FIRST_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
_HOME, _REST_OF_LINE, _REST = "\x1b[H", "\x1b[K", "\x1b[J"


@contextmanager
def frames() -> Iterator[Callable[[str], None]]:
    """Yield what shows a text, each in place of the one before.

    On a terminal that is its other screen, which has no history that would fill up; the last text
    stays on the first one. Elsewhere the texts follow each other.
    """
    if not sys.stdout.isatty():
        yield click.echo
        return
    last = ""

    def show(text: str) -> None:
        nonlocal last
        begin, last = ("" if last else _OTHER_SCREEN), text
        click.echo(begin + frame(text, *shutil.get_terminal_size()), nl=False)

    try:
        yield show
    finally:
        if last:
            click.echo(_FIRST_SCREEN + last)


def frame(text: str, columns: int, rows: int) -> str:
    """What is written to a terminal of this size to show a text, and nothing but it.

    In one piece and without emptying the screen first, or it would flicker.
    """
    lines = _fitting(text.splitlines(), columns, rows - 1)
    return _HOME + "".join(f"{line}{_REST_OF_LINE}\n" for line in lines) + _REST


def _fitting(lines: Sequence[str], columns: int, rows: int) -> Iterator[str]:
    for line in lines:
        rows -= max(1, -(-width(line) // columns))
        if rows < 0:
            return
        yield line
