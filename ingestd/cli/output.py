"""What commands print: in colours, in JSON, and of errors; tables are in `listing`."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import click

from ingestd.errors import IngestdError, KanbertError, NotFound, Refused


def colours(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether standard output is a terminal that may be coloured (see no-color.org), and can be."""
    wanted = not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return sys.stdout.isatty() and wanted


def coloured(text: str, colour: str) -> str:
    """Colour a text where that is wanted."""
    return click.style(text, fg=colour) if colours() else text


def next_step(error: IngestdError) -> str:
    """What to do about an error: what it says itself, or else what is right for all of its kind."""
    match error:
        case IngestdError(hint=hint) if hint:
            return hint
        case NotFound():
            return "Look whether the id is right, and the account."
        case Refused():
            return "Correct what Kanbert names there, and give the command again."
        case KanbertError():
            return _AWAY
        case _:
            return ""


_AWAY = "Try again later; if it lasts, `ingestd doctor` looks into the address and the network."


def complain(error: IngestdError, *, about: str = "") -> None:
    """Write to standard error what went wrong, and what to do about it.

    :param about: the file or the thing, where a command has several; made printable here.
    """
    from ingestd.observe import is_journal, printable, with_level

    journal = is_journal(sys.stderr)
    sentence = f"{printable(about)}: {error}" if about else str(error)
    hint = next_step(error)
    for line in (f"ingestd: {sentence}", *([f"  {hint}"] if hint else [])):
        # line by line, for settings are often wrong in several places
        text = "\n".join(printable(one) for one in line.split("\n"))
        click.echo(with_level(text, "error") if journal else text, err=True)


class _Unread(io.FileIO):
    """A stream whose reader may go: from then on what is written to it goes nowhere."""

    def write(self, piece: Any, /) -> int:
        """Write a piece, or let go of it."""
        try:
            return super().write(piece)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(piece)


def go_on_unread(name: Literal["stdout", "stderr"]) -> None:
    """Let a command do all of its work, though nobody reads on what it says on a stream.

    A listing ends where its reader (`head`, say) has seen enough; what changes something would end
    half done.
    """
    stream = getattr(sys, name)
    with contextlib.suppress(OSError, AttributeError):  # one that is no file has no such reader
        raw = _Unread(stream.fileno(), "w", closefd=False)
        stream.flush()
        wrapped = io.TextIOWrapper(
            io.BufferedWriter(raw),
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
        )
        setattr(sys, name, wrapped)


def print_json(value: object) -> None:
    """Print one JSON value on a line of its own, escaping what the output's encoding lacks."""
    line = json.dumps(value, default=_plain, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding)
    except UnicodeError:
        line = json.dumps(value, default=_plain)
    click.echo(line)


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
