from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestd.intake.comparison import same_bytes, still_holds, unchanged
from tests.intake.documents import pdf
from tests.meddling import append


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def by_its_bytes(path: Path, content: bytes) -> bool:
    return still_holds(path, content)


def by_what_is_remembered(path: Path, content: bytes) -> bool:
    return unchanged(path, len(content), hashlib.sha256(content).hexdigest())


in_both_ways = pytest.mark.parametrize("as_it_was", [by_its_bytes, by_what_is_remembered])
AsItWas = Callable[[Path, bytes], bool]
LARGE = hashlib.shake_128(b"large").digest(2_300_000)
"""More than is read at a time."""


@in_both_ways
@pytest.mark.parametrize("content", [pdf(), LARGE, b""], ids=["small", "large", "empty"])
def test_a_file_that_was_merely_touched_is_as_it_was(
    tmp_path: Path, as_it_was: AsItWas, content: bytes
) -> None:
    path = written(tmp_path / "a.pdf", content)
    os.utime(path, (1, 1))

    assert as_it_was(path, content)


CHANGED = [b"", pdf() + b"\n", pdf()[:-1], pdf()[:-1] + b"!", b"!" + pdf()[1:]]
HOW = ["emptied", "appended to", "cut", "altered at its end", "altered at its beginning"]


@in_both_ways
@pytest.mark.parametrize("content", CHANGED, ids=HOW)
def test_a_file_with_another_content_is_not_as_it_was(
    tmp_path: Path, as_it_was: AsItWas, content: bytes
) -> None:
    assert not as_it_was(written(tmp_path / "a.pdf", content), pdf())


@in_both_ways
def test_a_file_that_was_empty_and_is_filled_is_not_as_it_was(
    tmp_path: Path, as_it_was: AsItWas
) -> None:
    assert not as_it_was(written(tmp_path / "a.pdf", pdf()), b"")


@in_both_ways
def test_a_large_file_is_compared_to_its_end(tmp_path: Path, as_it_was: AsItWas) -> None:
    path = written(tmp_path / "a.pdf", LARGE[:-1] + b"!")

    assert not as_it_was(path, LARGE)


@in_both_ways
def test_a_file_that_grew_beyond_measure_is_not_read_again(
    tmp_path: Path, as_it_was: AsItWas
) -> None:
    path = written(tmp_path / "a.pdf", pdf())
    os.truncate(path, 10 * 1024**4)

    assert not as_it_was(path, pdf())


@in_both_ways
def test_what_came_in_a_file_s_place_is_not_followed(tmp_path: Path, as_it_was: AsItWas) -> None:
    path = written(tmp_path / "another.pdf", pdf())
    (tmp_path / "link").symlink_to(path)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()

    assert not as_it_was(tmp_path / "link", pdf())
    for name in ("link", "fifo", "folder"):
        assert not as_it_was(tmp_path / name, bytes((tmp_path / name).lstat().st_size))


@in_both_ways
def test_a_file_that_is_gone_is_not_taken_for_a_changed_one(
    tmp_path: Path, as_it_was: AsItWas
) -> None:
    with pytest.raises(FileNotFoundError):
        as_it_was(tmp_path / "a.pdf", pdf())


def test_a_file_that_is_written_to_while_it_is_compared_is_not_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", pdf())

    class Meddling(bytes):
        def startswith(self, *how: Any) -> bool:
            append(path)
            return super().startswith(*how)

    assert not still_holds(path, Meddling(pdf()))


# ---- comparing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "same"), [(b"ours", True), (b"ourz", False), (b"our", False), (b"ours ", False)]
)
def test_content_is_the_same_byte_for_byte(tmp_path: Path, content: bytes, same: bool) -> None:
    one, other = written(tmp_path / "one", b"ours"), written(tmp_path / "other", content)

    assert same_bytes(one, other) is same


def test_content_is_compared_anew_though_size_and_times_are_the_same(tmp_path: Path) -> None:
    one, other = written(tmp_path / "one", b"ours"), written(tmp_path / "other", b"ours")
    os.utime(other, (0, 0))
    assert same_bytes(one, other)

    written(other, b"ourz")
    os.utime(other, (0, 0))

    assert not same_bytes(one, other)


def test_what_is_no_file_or_not_there_holds_nothing_to_compare(tmp_path: Path) -> None:
    one = written(tmp_path / "one", b"ours")
    (tmp_path / "link").symlink_to(one)

    for other in (tmp_path / "link", tmp_path / "nothing"):
        assert not same_bytes(one, other)
        assert not same_bytes(other, one)
