from __future__ import annotations

import sqlite3
import traceback
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.engine.default import DefaultDialect

from ingestd.errors import IngestdError, LedgerUnusable, SettingsError
from ingestd.ledger.schema import COLUMNS_ADDED, VERSION, Instant, by_md5, by_sent_md5
from ingestd.model import State
from tests.hardship import bound_by_rights, no_room_to_write, read_only
from tests.ledger.documents import NOON, bring, document
from tests.ledger.places import STAMP, change, names, opened, set_version

# ---- the file ------------------------------------------------------------------------------------


def test_a_ledger_is_begun_where_there_is_none(tmp_path: Path) -> None:
    with opened(tmp_path) as (ledger, aside):
        assert ledger.under_way("scanner") == []

    assert aside == []
    assert names(tmp_path) == {"ledger.sqlite3"}


@pytest.mark.parametrize("name", ["50%20", "what?", "a#b", "r\udce9sum\udce9", "with space"])
def test_a_ledger_may_be_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()

    with opened(folder):
        pass

    assert names(folder) == {"ledger.sqlite3"}


@pytest.mark.parametrize(
    "content",
    [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 4080],
    ids=["text", "torn"],
)
def test_a_damaged_file_is_set_aside_and_a_new_ledger_begun(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.sqlite3").write_bytes(content)

    with opened(tmp_path) as (ledger, aside):
        ledger.add(document())

    assert [name for name, _ in aside] == [f"ledger.sqlite3.set-aside-{STAMP}"]
    assert (tmp_path / aside[0][0]).read_bytes() == content


def test_the_ledger_of_a_newer_ingestd_is_set_aside_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as (ledger, _):
        bring(ledger, document(), State.UNKNOWN)
    set_version(tmp_path / "ledger.sqlite3", VERSION + 1)

    with opened(tmp_path) as (ledger, aside):
        assert ledger.document("id-1") is None

    (name, why) = aside[0]
    assert why == f"it was written by a newer ingestd (ledger version {VERSION + 1})"
    (tmp_path / name).rename(tmp_path / "ledger.sqlite3")
    set_version(tmp_path / "ledger.sqlite3", VERSION)
    with opened(tmp_path) as (ledger, _):
        assert [one.id for one in ledger.under_way("scanner")] == ["id-1"]


def test_a_ledger_that_was_begun_without_an_index_gets_it(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    drop_index(tmp_path / "ledger.sqlite3")

    with opened(tmp_path):
        pass

    assert has_index(tmp_path / "ledger.sqlite3")


def test_the_ledger_of_a_newer_ingestd_gets_no_index_of_ours(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    drop_index(tmp_path / "ledger.sqlite3")
    set_version(tmp_path / "ledger.sqlite3", VERSION + 1)

    with opened(tmp_path) as (_, aside):
        pass

    assert not has_index(tmp_path / aside[0][0])


def test_a_ledger_that_was_begun_without_a_column_gets_it_and_keeps_its_documents(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as (ledger, _):
        before = bring(ledger, document(), State.ACCEPTED, md5="a")
    drop_columns(tmp_path / "ledger.sqlite3")

    with opened(tmp_path) as (ledger, aside):
        (now,) = ledger.under_way("scanner")
        later = ledger.advance(now, State.UPLOADING, sent_size=3, sent_md5="b", sent_sha256="c")

    assert aside == []
    assert now == before
    assert (later.sent_size, later.md5_at_kanbert, later.sha256_at_kanbert) == (3, "b", "c")


def test_an_older_ingestd_can_live_with_the_columns_that_came_later(tmp_path: Path) -> None:
    with opened(tmp_path) as (ledger, _):
        pass
    values = "('id-1', 'scanner', 'main', X'61', 'claimed', '2026-05-04', '2026-05-04', 0"
    columns = "id, inbox, account, name, state, claimed_at, updated_at, attempts"
    others = "md5, sha256, external_id, invoice_id, reason, advice, destination"
    blank = ", '', '', '', '', '', '', X'')"
    change(
        tmp_path / "ledger.sqlite3",
        f"INSERT INTO documents ({columns}, {others}) VALUES {values}{blank}",
    )

    with opened(tmp_path) as (ledger, _):
        (one,) = ledger.under_way("scanner")

    assert (one.sent_size, one.sent_md5, one.sent_sha256) == (None, "", "")


def drop_columns(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"DROP INDEX {by_sent_md5.name}")
        for column in COLUMNS_ADDED:
            database.execute(f"ALTER TABLE {column.table.name} DROP COLUMN {column.name}")


def drop_index(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"DROP INDEX {by_md5.name}")


def has_index(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        return (by_md5.name,) in names.fetchall()


def test_what_was_set_aside_before_is_never_overwritten(tmp_path: Path) -> None:
    for content in (b"first" * 100, b"second" * 100, b"third" * 100):  # within one second
        (tmp_path / "ledger.sqlite3").write_bytes(content)
        with opened(tmp_path) as (_, aside):
            assert (tmp_path / aside[0][0]).read_bytes() == content

    first = f"ledger.sqlite3.set-aside-{STAMP}"
    assert names(tmp_path) == {"ledger.sqlite3", first, f"{first}-2", f"{first}-3"}


# ---- places that cannot hold it ------------------------------------------------------------------


@pytest.mark.parametrize("room", range(0, 49152, 8192))
def test_a_disk_that_fills_while_a_ledger_is_begun_leaves_none_half_made(
    tmp_path: Path, room: int
) -> None:
    with no_room_to_write(room), pytest.raises(LedgerUnusable), opened(tmp_path):
        pass
    assert names(tmp_path) <= {"ledger.sqlite3"}

    with opened(tmp_path) as (ledger, aside):
        assert bring(ledger, document(), State.FILED).state is State.FILED
    assert aside == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    def open_and_add() -> None:
        with opened(tmp_path) as (ledger, _):
            ledger.add(document())

    with read_only(tmp_path), pytest.raises(LedgerUnusable, match="cannot be opened") as caught:
        bound_by_rights(open_and_add)

    assert "writable" in caught.value.hint
    assert names(tmp_path) == set()


def test_a_damaged_file_that_cannot_be_set_aside_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_bytes(b"damaged" * 100)

    def open_it() -> None:
        with opened(tmp_path):
            pass

    with read_only(tmp_path), pytest.raises(LedgerUnusable):
        bound_by_rights(open_it)

    assert names(tmp_path) == {"ledger.sqlite3"}


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="unable to open"), opened(tmp_path / "missing"):
        pass


# ---- a server ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_is_spoken_to_with_psycopg_3(tmp_path: Path, scheme: str) -> None:
    with (
        pytest.raises(LedgerUnusable) as caught,
        opened(tmp_path, f"{scheme}://user:hunter2@127.0.0.1:1/books"),
    ):
        pass

    assert "postgresql+psycopg://user:***@127.0.0.1:1/books" in str(caught.value)
    assert type(caught.value.__cause__.__cause__).__module__.startswith("psycopg")  # type: ignore[union-attr]


def test_a_server_that_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerUnusable) as caught,
        opened(tmp_path, "postgresql://user:hunter2@127.0.0.1:1/books"),
    ):
        pass

    message = str(caught.value)
    assert "Connection refused" in message
    assert len(message.splitlines()) == 1
    assert "sqlalche.me" not in message
    assert "[ledger] url" in caught.value.hint


NO_URLS = [
    "postgresql://user:hunter2@127.0.0.1:port/books",
    "postgresql:/user:hunter2@127.0.0.1/books",
    "nosuch://user:hunter2@127.0.0.1/books",
    "postgresql+psycopg2://user:hunter2@127.0.0.1/books",  # its driver is not installed
    "hunter2",
]


@pytest.mark.parametrize("url", NO_URLS)
def test_a_url_that_nothing_can_be_opened_with_is_a_wrong_setting(tmp_path: Path, url: str) -> None:
    with (
        pytest.raises(SettingsError, match=r"\[ledger\] url cannot be used") as caught,
        opened(tmp_path, url),
    ):
        pass

    assert "postgresql://user:password@host/name" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hunter2@127.0.0.1:1/books",
        "postgresql://user:hunter2/and@more@127.0.0.1:1/books",
        *NO_URLS,
    ],
)
def test_no_message_shows_the_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(IngestdError) as caught, opened(tmp_path, url):
        pass

    told = "".join(traceback.format_exception(caught.value, chain=True))
    said = [line for line in told.splitlines() if not line.startswith(" ")]
    assert not any("hunter2" in line for line in said)


@pytest.mark.parametrize("hours", [-5, 0, 2])
def test_a_server_may_answer_in_any_time_zone(hours: int) -> None:
    answered = NOON.astimezone(timezone(timedelta(hours=hours)))

    read = Instant().process_result_value(answered, DefaultDialect())

    assert read == NOON
    assert read.tzinfo is UTC


def test_a_time_without_a_zone_is_read_as_utc() -> None:
    written = datetime(2026, 5, 4, 12)  # noqa: DTZ001 - as SQLite gives it back

    assert Instant().process_result_value(written, DefaultDialect()) == NOON
