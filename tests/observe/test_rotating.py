"""A log file that keeps itself small."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path

import pytest

from ingestd.observe import Log, open_log
from tests.hardship import bound_by_rights, read_only

# a log is open for as long as the process lives, so nobody closes it
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

MOST, KEEP = 1000, 3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs" / "ingestd.log"


def rotating(file: Path, *, keep: int = KEEP) -> Log:
    return open_log(io.StringIO(), file=str(file), file_max_size=MOST, file_keep=keep)


def write(log: Log, first: int, last: int) -> None:
    for number in range(first, last):
        log.info("document.delivered", number=number)


def numbers(*files: Path) -> list[int]:
    lines = itertools.chain.from_iterable(one.read_text().splitlines() for one in files)
    return [json.loads(line)["number"] for line in lines]


def old(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.{number}")


def test_no_file_grows_past_its_size_and_no_more_are_kept_than_asked_for(file: Path) -> None:
    write(rotating(file), 0, 200)

    kept = {one.name: one.stat().st_size for one in file.parent.iterdir()}
    assert set(kept) == {file.name, *(f"{file.name}.{number}" for number in range(1, KEEP + 1))}
    assert max(kept.values()) <= MOST


def test_the_lines_that_are_kept_are_the_last_ones_in_their_order(file: Path) -> None:
    write(rotating(file), 0, 200)

    found = numbers(old(file, 3), old(file, 2), old(file, 1), file)

    assert found == list(range(found[0], 200))


def test_a_file_of_an_earlier_run_is_gone_on_with(file: Path) -> None:
    write(rotating(file), 0, 5)

    write(rotating(file), 5, 12)

    assert numbers(old(file, 1), file) == list(range(12))


def test_a_line_that_is_too_large_alone_is_written_all_the_same(file: Path) -> None:
    log = rotating(file)

    log.info("document.failed", number=0, error="x" * MOST)
    write(log, 1, 2)

    assert numbers(old(file, 1), file) == [0, 1]
    assert not old(file, 2).exists()


def test_of_two_that_write_one_file_neither_loses_a_line(file: Path) -> None:
    one, other = rotating(file, keep=20), rotating(file, keep=20)

    for number in range(0, 60, 2):
        write(one, number, number + 1)
        write(other, number + 1, number + 2)

    assert sorted(numbers(*file.parent.iterdir())) == list(range(60))
    assert max(one.stat().st_size for one in file.parent.iterdir()) <= MOST


def test_a_folder_that_nothing_can_be_renamed_in_costs_no_line(file: Path) -> None:
    log = rotating(file)
    write(log, 0, 1)

    with read_only(file.parent):
        bound_by_rights(lambda: write(log, 1, 20))

    assert numbers(file) == list(range(20))


def test_a_name_that_cannot_be_had_costs_no_old_file(file: Path) -> None:
    (old(file, 3) / "a folder").mkdir(parents=True)
    log = rotating(file)

    write(log, 0, 100)

    assert numbers(old(file, 2), old(file, 1), file) == list(range(100))


def test_an_old_file_stays_under_its_name_until_a_newer_one_needs_that(file: Path) -> None:
    old(file, 2).write_text("older\n")
    old(file, 3).write_text("oldest\n")

    write(rotating(file), 0, 12)

    assert old(file, 1).exists()
    assert (old(file, 2).read_text(), old(file, 3).read_text()) == ("older\n", "oldest\n")


def test_a_file_that_is_copied_and_emptied_is_gone_on_with_from_its_beginning(file: Path) -> None:
    log = open_log(io.StringIO(), file=str(file))
    write(log, 0, 1)
    file.write_bytes(b"")

    write(log, 1, 2)

    assert numbers(file) == [1]
