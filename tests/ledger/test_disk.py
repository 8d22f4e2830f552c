"""What the ledger makes of a disk that cannot store it, as the kernel says so."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestd.errors import LedgerUnusable, StorageFailed
from ingestd.ledger import Ledger
from ingestd.ledger.disk import is_full
from ingestd.model import State
from tests.hardship import (
    fill,
    make_room,
    no_room_to_write,
    small_filesystem,
    where_the_disk_answers,
)
from tests.ledger.documents import bring, document
from tests.workbench import new_ledger

pytestmark = pytest.mark.in_a_file

SYNCING = ["fdatasync", "fsync"]
ACCEPTED = document(state=State.ACCEPTED)


def go_on(ledger: Ledger) -> State:
    return ledger.advance(ACCEPTED, State.UPLOADING).state


@pytest.fixture
def accepted(ledger: Ledger) -> Ledger:
    bring(ledger, document(), State.ACCEPTED)
    ledger.flush()
    return ledger


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_a_disk_that_fails_is_no_full_disk(accepted: Ledger, call: str) -> None:
    syncing = SYNCING if call == "fdatasync" else [call]

    with pytest.raises(StorageFailed, match="could not store the ledger") as caught:
        where_the_disk_answers(errno.EIO, syncing, lambda: go_on(accepted))

    assert "dmesg" in caught.value.hint


@pytest.mark.parametrize(
    "depended_on",
    [
        pytest.param(go_on, id="before an upload"),
        pytest.param(lambda ledger: ledger.plan(ACCEPTED, "/done/a.pdf"), id="before a move"),
        pytest.param(lambda ledger: ledger.advance(ACCEPTED, State.RELEASED), id="before it goes"),
        pytest.param(
            lambda ledger: ledger.advance(ACCEPTED, State.FAILED), id="before its reason is drafted"
        ),
    ],
)
def test_what_is_done_next_depends_on_what_is_on_the_disk(
    accepted: Ledger, depended_on: Callable[[Ledger], object]
) -> None:
    with pytest.raises(StorageFailed):
        where_the_disk_answers(errno.EIO, SYNCING, lambda: depended_on(accepted))


def test_what_would_be_found_out_anew_waits_for_no_disk(accepted: Ledger) -> None:
    def write() -> None:
        accepted.advance(ACCEPTED, State.DUPLICATE)
        accepted.flush()

    where_the_disk_answers(errno.EIO, SYNCING, write)

    assert [state for _, state, _ in accepted.steps("id-1")][-1] is State.DUPLICATE


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG], ids=errno.errorcode.get)
def test_a_full_disk_is_no_broken_one_and_may_have_room_again(accepted: Ledger, code: int) -> None:
    with pytest.raises(LedgerUnusable, match="cannot be used"):
        where_the_disk_answers(code, ["pwrite64"], lambda: go_on(accepted))

    assert go_on(accepted) is State.UPLOADING


def test_a_limit_on_the_size_of_files_is_a_full_disk_too(accepted: Ledger, tmp_path: Path) -> None:
    accepted.add(document(2, reason="a long story " * 50_000))
    accepted.flush()
    reached = (tmp_path / "ledger.sqlite3-wal").stat().st_size

    with no_room_to_write(reached), pytest.raises(LedgerUnusable, match="cannot be used"):
        go_on(accepted)


def test_a_filesystem_that_is_full_keeps_what_it_has_and_takes_more_later(tmp_path: Path) -> None:
    with small_filesystem(tmp_path / "state", "1m") as folder:
        ledger = new_ledger(folder)
        before = bring(ledger, document(), State.ACCEPTED)
        ledger.flush()
        fill(folder)
        with pytest.raises(LedgerUnusable, match="full"):
            go_on(ledger)
        assert ledger.document("id-1") == before

        make_room(folder)

        assert go_on(ledger) is State.UPLOADING
        ledger.close()


def test_a_disk_that_has_room_for_a_part_only_is_full(tmp_path: Path) -> None:
    database = tmp_path / "ledger.sqlite3"
    database.write_bytes(bytes(8192))

    with no_room_to_write(8192 + 100):
        assert is_full(database)

    assert not is_full(database)


def test_a_disk_is_asked_by_writing_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    with small_filesystem(tmp_path / "state", "1m") as folder:
        database = folder / "ledger.sqlite3"
        database.touch()

        assert not is_full(database)
        fill(folder)
        assert is_full(database)

        assert {path.name for path in folder.iterdir()} == {"ballast", database.name}
