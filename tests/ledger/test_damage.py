"""A ledger that is not what was written: set aside, said, and never in the way."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ingestd.errors import LedgerUnusable, StorageFailed
from ingestd.ledger import KnownInbox, Ledger
from ingestd.ledger.file import LedgerFile
from ingestd.model import State
from tests.hardship import bound_by_rights
from tests.ledger.documents import bring, document
from tests.ledger.places import STAMP, change, names, opened, set_version

PAGE = 4096
ASIDE = f"ledger.sqlite3.set-aside-{STAMP}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with something in every table, closed."""
    with opened(tmp_path) as (ledger, _):
        use(ledger)
    return tmp_path / "ledger.sqlite3"


def use(ledger: Ledger) -> None:
    """Do everything that the daemon does with it."""
    ledger.remember_inbox("scanner", KnownInbox("/srv", "marker", "ext4", "/dev/sda", "/"))
    ledger.known_inbox("scanner")
    brought = bring(ledger, document(len(ledger.under_way("scanner"))), State.UNKNOWN, sha256="ab")
    ledger.delivered_before(brought)
    ledger.steps(brought.id)
    ledger.advance(brought, State.UPLOADED)


def set_aside(path: Path) -> list[tuple[str, str]]:
    """What is set aside to open it; the new ledger works."""
    with opened(path.parent) as (ledger, aside):
        if aside:
            use(ledger)
    with opened(path.parent) as (_, again):
        assert again == []
    return aside


# ---- what shows when it is opened ----------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 50, 100, PAGE // 2, PAGE, PAGE + 1, 3 * PAGE, -PAGE, -1])
def test_a_file_that_was_cut_short_is_set_aside(path: Path, size: int) -> None:
    left = path.read_bytes()[: size if size >= 0 else path.stat().st_size + size]
    path.write_bytes(left)

    assert [name for name, _ in set_aside(path)] == [ASIDE]
    assert (path.parent / ASIDE).read_bytes() == left


@pytest.mark.parametrize("change_to", [b"\xa5" * PAGE, bytes(PAGE)], ids=["garbage", "zeros"])
def test_a_file_whose_first_page_is_gone_is_set_aside(path: Path, change_to: bytes) -> None:
    left = change_to + path.read_bytes()[PAGE:]
    path.write_bytes(left)

    assert [name for name, _ in set_aside(path)] == [ASIDE]
    assert (path.parent / ASIDE).read_bytes() == left


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM about",
        "INSERT INTO about VALUES (1)",
        "UPDATE about SET version = 'one'",
        "UPDATE about SET version = 0",
        "DROP TABLE events",
        "ALTER TABLE documents DROP COLUMN reason",
    ],
)
def test_a_ledger_that_is_not_whole_is_set_aside(path: Path, statement: str) -> None:
    change(path, statement)

    ((name, why),) = set_aside(path)

    assert name == ASIDE
    assert why.startswith(("its version cannot be told", "it is no ledger"))


@pytest.mark.parametrize(
    "tables", [["books (id)"], ["about (text)"], ["about (version)", "documents (id)"]]
)
def test_another_program_s_database_is_set_aside_as_it_is(
    tmp_path: Path, tables: list[str]
) -> None:
    path = tmp_path / "ledger.sqlite3"
    for table in tables:
        change(path, f"CREATE TABLE {table}")
    before = path.read_bytes()

    assert [name for name, _ in set_aside(path)] == [ASIDE]
    assert (tmp_path / ASIDE).read_bytes() == before


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, _socket])
def test_what_is_no_file_is_set_aside(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "ledger.sqlite3")

    assert set_aside(tmp_path / "ledger.sqlite3") == [(ASIDE, "it is not a file")]


def test_what_belongs_to_it_goes_along(path: Path) -> None:
    with opened(path.parent) as (ledger, _):
        use(ledger)
        killed = path.with_name("killed")
        killed.mkdir()
        for part in ("", "-wal", "-shm"):
            shutil.copy(f"{path}{part}", killed / f"ledger.sqlite3{part}")
    (killed / "ledger.sqlite3").write_bytes(b"garbage" * 1000)

    assert [name for name, _ in set_aside(killed / "ledger.sqlite3")] == [ASIDE]
    assert names(killed) == {"ledger.sqlite3", ASIDE, f"{ASIDE}-wal", f"{ASIDE}-shm"}


def test_an_empty_file_is_set_aside_with_the_changes_beside_it(path: Path) -> None:
    with opened(path.parent) as (ledger, _):
        use(ledger)
        changes = Path(f"{path}-wal").read_bytes()
    path.write_bytes(b"")
    Path(f"{path}-wal").write_bytes(changes)

    assert set_aside(path) == [(ASIDE, "it was cut short")]
    assert (path.parent / f"{ASIDE}-wal").read_bytes() == changes


def test_changes_that_a_deleted_file_had_not_taken_in_are_not_given_to_the_new_one(
    path: Path,
) -> None:
    with opened(path.parent) as (ledger, _):
        use(ledger)
        shutil.copy(f"{path}-wal", path.with_name("kept"))
    path.unlink()
    path.with_name("kept").rename(f"{path}-wal")

    with opened(path.parent) as (ledger, aside):
        assert ledger.under_way("scanner") == []

    assert aside == [(ASIDE, "its file is missing")]
    assert names(path.parent) == {"ledger.sqlite3", f"{ASIDE}-wal"}


def test_a_ledger_whose_making_died_is_made_again(tmp_path: Path) -> None:
    for suffix in ("", "-journal"):
        (tmp_path / f"ledger.sqlite3.new{suffix}").write_bytes(b"half a ledger")

    assert set_aside(tmp_path / "ledger.sqlite3") == []
    assert names(tmp_path) == {"ledger.sqlite3"}


def test_a_page_that_was_just_being_taken_in_is_among_the_changes(path: Path) -> None:
    with opened(path.parent) as (ledger, _):
        use(ledger)
        shutil.copytree(path.parent, path.parent / "killed")
    with (path.parent / "killed" / "ledger.sqlite3").open("ab") as file:
        file.write(bytes(10))

    with opened(path.parent / "killed") as (ledger, aside):
        assert len(ledger.under_way("scanner")) == 2

    assert aside == []


def test_a_new_ledger_is_made_to_last(tmp_path: Path) -> None:
    lasting = list[tuple[Path, bool]]()
    path = tmp_path / "ledger.sqlite3"
    file = LedgerFile(path, fsync_folder=lambda folder: lasting.append((folder, path.exists())))

    file.make(Path.touch)

    assert lasting == [(tmp_path, True)]


# ---- what shows when it is used ------------------------------------------------------------------


@pytest.mark.parametrize("garbage", [b"\xa5" * PAGE, bytes(PAGE)], ids=["garbage", "zeros"])
def test_whichever_page_is_damaged_the_second_start_at_the_latest_goes_on(
    path: Path, garbage: bytes
) -> None:
    whole = path.read_bytes()
    for start in range(0, len(whole), PAGE):
        path.write_bytes(whole[:start] + garbage + whole[start + PAGE :])

        with suppress(StorageFailed), opened(path.parent) as (ledger, _):
            use(ledger)
        set_aside(path)

        assert ASIDE in names(path.parent), f"page {start // PAGE + 1} was not noticed"
        for left in path.parent.iterdir():
            left.unlink()


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE documents SET state = ?", "nowhere"),
        ("UPDATE documents SET claimed_at = ?", "yesterday"),
        ("UPDATE documents SET name = ?", 7),
        ("UPDATE documents SET inbox = 'scanner', reason = CAST(? AS TEXT)", b"\xff"),
    ],
)
def test_values_that_nobody_wrote_are_damage_too(path: Path, statement: str, value: object) -> None:
    change(path, statement, value)

    with opened(path.parent) as (ledger, _), pytest.raises(StorageFailed, match="damaged"):
        ledger.under_way("scanner")

    assert len(set_aside(path)) == 1


def test_a_new_ledger_does_not_inherit_the_damage_of_one_that_somebody_took_away(
    path: Path,
) -> None:
    change(path, "UPDATE documents SET state = 'nowhere'")
    with opened(path.parent) as (ledger, _), pytest.raises(StorageFailed):
        ledger.under_way("scanner")
    path.unlink()

    assert set_aside(path) == []


@pytest.mark.parametrize("put", [Path.touch, lambda _: None], ids=["replaced", "removed"])
def test_a_ledger_that_is_taken_away_while_it_is_in_use_ends_the_work(
    path: Path, put: Callable[[Path], None]
) -> None:
    with opened(path.parent) as (ledger, _):
        path.rename(path.with_name("away"))
        put(path)

        with pytest.raises(StorageFailed, match="removed or replaced"):
            ledger.advance(document(9, state=State.ACCEPTED), State.UPLOADING)
        with pytest.raises(StorageFailed, match="removed or replaced"):
            ledger.document("id-9")


# ---- what is left as it is -----------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o000, 0o200, 0o400])
def test_a_file_without_the_rights_is_said_and_not_set_aside(path: Path, mode: int) -> None:
    path.chmod(mode)

    def open_it() -> None:
        with opened(path.parent):
            pass

    with pytest.raises(LedgerUnusable, match="may not be read and written"):
        bound_by_rights(open_it)

    assert names(path.parent) == {"ledger.sqlite3"}


def test_a_symlink_leads_to_the_ledger(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    elsewhere.mkdir()
    path.rename(elsewhere / "books.db")
    path.symlink_to(elsewhere / "books.db")
    set_version(path, 99)

    with opened(path.parent) as (ledger, aside):
        use(ledger)

    assert aside[0][0] == f"elsewhere/books.db.set-aside-{STAMP}"
    assert names(elsewhere) == {"books.db", f"books.db.set-aside-{STAMP}"}
    assert path.is_symlink()
