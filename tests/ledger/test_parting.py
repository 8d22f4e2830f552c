"""A ledger that is closed while somebody still uses it: no connection to its file stays open."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from ingestd.ledger import KnownInbox, Ledger
from tests.ledger.documents import Ticking
from tests.workbench import new_ledger

pytestmark = pytest.mark.in_a_file


class Watched:
    """A ledger, and the connections that it made."""

    def __init__(self, folder: Path) -> None:
        new_ledger(folder).close()
        self.engine = create_engine(f"sqlite:///{folder}/ledger.sqlite3")
        self.ledger = Ledger(self.engine, now=Ticking(), flush_within=0.0)
        self.connections: list[sqlite3.Connection] = []
        event.listen(self.engine, "connect", lambda made, _: self.connections.append(made))

    def close_at(self, moment: str) -> None:
        event.listen(self.engine, moment, lambda *_: self.ledger.close())

    def still_open(self) -> list[sqlite3.Connection]:
        return [one for one in self.connections if _is_open(one)]


def _is_open(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_what_is_written_at_its_end_is_written_and_leaves_nothing_open(watched: Watched) -> None:
    known = KnownInbox("/srv/scans", "marker", "ext4", "/dev/sda1", "/")
    watched.close_at("commit")  # where the end has waited for that long enough

    watched.ledger.remember_inbox("scanner", known)

    assert len(watched.connections) == 1
    assert watched.still_open() == []
    assert watched.ledger.known_inbox("scanner") == known


def test_what_is_read_at_its_end_leaves_nothing_open(watched: Watched) -> None:
    watched.close_at("before_cursor_execute")

    watched.ledger.number()

    assert len(watched.connections) == 1
    assert watched.still_open() == []


def test_what_is_read_after_its_end_leaves_nothing_open(watched: Watched) -> None:
    watched.ledger.close()

    watched.ledger.number()

    assert len(watched.connections) == 1
    assert watched.still_open() == []
