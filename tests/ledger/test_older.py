"""Reading in a ledger that an older ingestd began: the daemon was not started since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingestd.ledger import Reading, Wanted, open_to_read
from ingestd.model import Outcome, State
from tests.ledger.documents import NOON, document

MD5, SHA = "cd" * 16, "ab" * 32

BEGUN = """
CREATE TABLE about (version INTEGER NOT NULL);
CREATE TABLE documents (
    id VARCHAR(64) NOT NULL PRIMARY KEY, inbox TEXT NOT NULL, account TEXT NOT NULL,
    name BLOB NOT NULL, state VARCHAR(16) NOT NULL, claimed_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL, size BIGINT, md5 VARCHAR(32) NOT NULL,
    sha256 VARCHAR(64) NOT NULL, external_id VARCHAR(255) NOT NULL, outcome VARCHAR(16),
    invoice_id TEXT NOT NULL, reason TEXT NOT NULL, advice TEXT NOT NULL,
    attempts INTEGER NOT NULL, destination BLOB NOT NULL
);
CREATE TABLE events (
    number INTEGER NOT NULL PRIMARY KEY, document VARCHAR(64) NOT NULL, at DATETIME NOT NULL,
    state VARCHAR(16) NOT NULL, note TEXT NOT NULL
);
CREATE TABLE inboxes (
    name VARCHAR(255) NOT NULL PRIMARY KEY, path BLOB NOT NULL, marker VARCHAR(255) NOT NULL,
    filesystem TEXT NOT NULL, source BLOB NOT NULL, root BLOB NOT NULL
);
INSERT INTO about VALUES (1);
"""
AT = "2026-05-04 12:00:00.000000"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(BEGUN)
        for number, state, outcome in [(1, "filed", "delivered"), (2, "claimed", None)]:
            known = [f"id-{number}", "scanner", "main", b"%d.pdf" % number, state, AT, AT, 3]
            rest = [MD5, SHA, "ingestd-1", outcome, "7", "", "", 1, b"/scans/done/1.pdf"]
            marks = ", ".join("?" * 17)
            database.execute(f"INSERT INTO documents VALUES ({marks})", known + rest)
        database.execute("INSERT INTO events VALUES (1, 'id-1', ?, 'filed', 'a note')", [AT])
    return path


@pytest.fixture
def older(file: Path) -> Iterator[Reading]:
    reading = open_to_read(file.parent, "")
    assert reading is not None
    yield reading
    reading.close()


def test_a_document_is_read_as_one_without_what_came_later(older: Reading) -> None:
    one = older.document("id-1")

    assert one is not None
    assert (one.name, one.state, one.outcome) == ("1.pdf", State.FILED, Outcome.DELIVERED)
    assert (one.sent_size, one.sent_md5, one.sent_sha256) == (None, "", "")


@pytest.mark.parametrize("text", ["1.pdf", "id-1"])
def test_documents_are_searched(older: Reading, text: str) -> None:
    assert [one.id for one in older.search(Wanted(text))] == ["id-1"]


def test_a_document_is_found_by_its_md5(older: Reading) -> None:
    assert {one.id for one in older.search(Wanted(MD5))} == {"id-1", "id-2"}


def test_deliveries_are_gone_through_in_pieces(older: Reading) -> None:
    read = list(older.deliveries(piece=1))

    assert [(one.id, one.invoice_id, one.sent_md5) for one in read] == [
        ("id-1", "7", ""),
        ("id-2", "7", ""),
    ]


def test_documents_are_counted(older: Reading) -> None:
    assert older.number() == 2
    assert older.numbers_under_way() == {"scanner": 1}
    assert older.outcomes_since(NOON) == {"scanner": {Outcome.DELIVERED: 1}}


def test_documents_with_the_same_content_are_known(older: Reading) -> None:
    another = document(3, md5=MD5, sha256=SHA)

    assert older.delivered_before(another)
    assert older.invoices_with_its_content(another) == {"7": "ingestd-1"}
    assert older.contents_with_its_md5(another) == {(SHA, Outcome.DELIVERED), (SHA, None)}
    assert older.copy_of("main", SHA) == {}


def test_what_happened_is_read(older: Reading) -> None:
    assert older.steps("id-1") == [(NOON, State.FILED, "a note")]
    assert [one.id for one in older.under_way("scanner")] == ["id-2"]


def test_reading_changes_nothing(file: Path) -> None:
    before = file.read_bytes()

    reading = open_to_read(file.parent, "")
    assert reading is not None
    reading.search(Wanted())
    reading.close()

    assert file.read_bytes() == before


def test_it_is_read_from_a_server_too(file: Path) -> None:
    reading = open_to_read(file.parent / "nowhere", f"sqlite:///{file}")

    assert reading is not None
    assert reading.number() == 2
    reading.close()
