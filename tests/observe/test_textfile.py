from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.observe import write_textfile


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_what_was_there_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "ingestd.prom"
    path.write_text("before")

    write_textfile(path, b"after\n")

    assert path.read_text() == "after\n"
    assert os.listdir(tmp_path) == ["ingestd.prom"]


def test_another_file_is_put_in_its_place_so_that_no_reader_sees_half_of_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ingestd.prom"
    write_textfile(path, b"before")
    with path.open() as reading:
        write_textfile(path, b"after")

        assert reading.read() == "before"


@pytest.mark.usefixtures("strict_umask")
def test_node_exporter_may_read_it_whatever_the_umask_is(tmp_path: Path) -> None:
    path = tmp_path / "ingestd.prom"

    write_textfile(path, b"")

    assert path.stat().st_mode & 0o777 == 0o644


def test_where_it_cannot_be_written_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "ingestd.prom"
    path.mkdir()

    with pytest.raises(IsADirectoryError):
        write_textfile(path, b"")

    assert os.listdir(tmp_path) == ["ingestd.prom"]
