"""A folder with a ledger in it, or what was once one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ingestd.ledger import Ledger, open_ledger
from tests.ledger.documents import NOON

STAMP = "20260504T120000Z"


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[tuple[Ledger, list[tuple[str, str]]]]:
    """A ledger, and what was set aside to open it: names and reasons."""
    aside: list[tuple[str, str]] = []
    ledger = open_ledger(
        folder,
        url,
        now=lambda: NOON,
        set_aside=lambda path, why: aside.append((path.relative_to(folder).as_posix(), why)),
    )
    try:
        yield ledger, aside
    finally:
        ledger.close()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def set_version(path: Path, version: object) -> None:
    change(path, "UPDATE about SET version = ?", version)


def change(path: Path, statement: str, *values: object) -> None:
    """Change a database as any program could."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement, values)
