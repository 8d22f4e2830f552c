"""Files that are named on the command line."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Any

import click

from ingestd.errors import IngestdError


class Unreadable(IngestdError):
    """A file that cannot be read."""


class GivenFile(click.Path):
    """A file; whether it is there is found out by who opens it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Refuse nothing: the path made of it would be the folder that one is in."""
        if not os.fspath(value):
            self.fail("It is empty; name a file.", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))


def open_given(path: Path) -> io.BufferedReader:
    """Open a file to read it.

    :raises Unreadable: if it is none, such as a pipe, which would be waited for.
    :raises OSError: if it cannot be opened.
    """
    # of a pipe, opening it would wait for its writer
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    opened = open(descriptor, "rb")  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        opened.close()
        raise Unreadable("This is not a regular file.", hint="Name the document itself.")
    return opened


def unreadable(error: OSError) -> Unreadable:
    """What is said of a file that cannot be read."""
    return Unreadable(
        f"It cannot be read: {error.strerror}.", hint="Is the name right, and may you read it?"
    )
