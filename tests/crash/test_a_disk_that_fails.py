"""The disk fails, or is full, at every moment that something is to be written for good."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.running import Site
from tests.crash.aftermath import what_broke
from tests.crash.double import Double, double
from tests.crash.scenarios import DELIVERED, ITS_NAME_IS_TAKEN, WORKER
from tests.crash.watching import Point, numbered
from tests.hardship import folder_on_another_filesystem
from tests.refusing import CAN_REFUSE, DISK_BROKEN, LEDGER_DISK_FULL

pytestmark = pytest.mark.skipif(not CAN_REFUSE, reason="needs the numbers of its system calls")


@pytest.fixture(scope="module")
def process() -> Iterator[Double]:
    with double() as it:
        yield it


def test_everything_is_written_through_before_the_next_step_depends_on_it(
    process: Double, tmp_path: Path
) -> None:
    site = DELIVERED.begin(process, tmp_path / "site", "written through")

    done = process.live(site).operations[WORKER]

    telling = {"posix.renameat2": "move", "posix.fsync": "fsync", "sqlite3.commit": "commit"}
    telling |= {"posix.rename": "claim", "socket.connect": "connect", "posix.read": "read"}
    assert [telling[operation] for operation in done if operation in telling] == [
        *("claim", "fsync", "read"),  # the document itself
        *("connect", "commit"),  # asked; accepted, uploading, and where it is to go; then sent
        "fsync",  # done/ made
        *("read", "move", "fsync", "commit"),  # compared; moved; uploaded and filed
    ]


def test_where_a_document_goes_is_written_down_before_it_is_moved_also_if_its_name_is_taken(
    process: Double, tmp_path: Path
) -> None:
    site = ITS_NAME_IS_TAKEN.begin(process, tmp_path / "site", "name taken")

    done = process.live(site).operations[WORKER]

    telling = {"posix.renameat2": "move", "sqlite3.commit": "commit"}
    assert [telling[operation] for operation in done if operation in telling] == [
        "commit",  # uploading
        *("commit", "move"),  # uploaded, and where it goes
        "commit",  # filed
    ]


def test_an_fsync_that_fails_ends_the_process_and_the_next_start_goes_on(
    process: Double, tmp_path: Path
) -> None:
    *points, filed = _points(process, tmp_path / "unharmed", {"posix.fsync", "sqlite3.commit"})
    assert filed.operation == "sqlite3.commit"  # nothing depends on it: it waits for no disk
    for number, point in enumerate(points):
        key = f"failing {number}"
        site = DELIVERED.begin(process, tmp_path / f"{number:08}", key)

        ended = process.live(site, point, act=DISK_BROKEN)

        assert (point, ended.status, ended.ending) == (point, 1, "broken")
        _nothing_was_sent_that_is_not_written_down(site, process, key)
        _the_next_start_goes_on(site, process, key)


def test_an_fsync_that_failed_is_not_asked_again(process: Double, tmp_path: Path) -> None:
    points = _points(process, tmp_path / "unharmed", {"posix.fsync", "sqlite3.commit"})
    for number, point in enumerate(one for one in points if one.operation == "posix.fsync"):
        site = DELIVERED.begin(process, tmp_path / f"{number:08}", f"asked once {number}")

        ended = process.live(site, point, act=DISK_BROKEN)

        asked = ended.operations[WORKER].count("posix.fsync")
        assert (point, asked) == (point, point.number + 1)


def test_a_copy_and_its_name_are_written_through_before_the_original_goes(
    process: Double, tmp_path: Path
) -> None:
    with folder_on_another_filesystem(tmp_path) as other:
        if other is None:
            pytest.skip("this machine has no second filesystem")
        scenario = replace(DELIVERED, name="copied", elsewhere=other)
        site = scenario.begin(process, tmp_path / "site", "copied")

        done = process.live(site).operations[WORKER]

    telling = {"posix.renameat2": "move", "posix.fsync": "fsync", "posix.unlink": "remove"}
    *_, written, moved, named, removed, filed = (
        telling[operation] for operation in done if operation in telling
    )
    assert [written, moved, named, removed, filed] == ["fsync", "move", "fsync", "remove", "fsync"]


def test_while_the_disk_of_the_ledger_is_full_nothing_is_sent_that_cannot_be_written_down(
    process: Double, tmp_path: Path
) -> None:
    for number, point in enumerate(_points(process, tmp_path / "unharmed", {"sqlite3.commit"})):
        key = f"full {number}"
        site = DELIVERED.begin(process, tmp_path / f"{number:08}", key)

        assert process.live(site, point, act=LEDGER_DISK_FULL).status == 0

        _nothing_was_sent_that_is_not_written_down(site, process, key)
        _the_next_start_goes_on(site, process, key)


def _points(process: Double, folder: Path, operations: set[str]) -> list[Point]:
    """The moments before these operations on a document's way."""
    done = process.live(DELIVERED.begin(process, folder, "unharmed")).operations[WORKER]
    found = [Point(WORKER, *it, "before") for it in numbered(done) if it[0] in operations]
    assert len(found) >= 2
    return found


def _nothing_was_sent_that_is_not_written_down(site: Site, process: Double, key: str) -> None:
    ledger = sqlite3.connect(site.folder / site.state / "ledger.sqlite3")
    states = {state for (state,) in ledger.execute("SELECT state FROM documents")}
    ledger.close()
    if states <= {"claimed", "accepted", "released"}:
        invoices = {invoice.md5 for invoice in process.kanbert.store.invoices()}
        assert hashlib.md5(DELIVERED.content(key)).hexdigest() not in invoices


def _the_next_start_goes_on(site: Site, process: Double, key: str) -> None:
    assert process.live(site).status == 0
    assert list(what_broke(site, process, DELIVERED, DELIVERED.content(key))) == []
