"""What becomes of a file that is being written where the disk is full or fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PosixPath

import pytest

from ingestd import moves, storing
from ingestd.cli.samples import pdf
from ingestd.errors import StorageFailed
from ingestd.filing import lay_reason
from ingestd.intake import inspect
from tests.hardship import fill, make_room, small_filesystem, where_the_disk_answers

LARGE = bytes(range(256)) * 1024


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "invoice.pdf"
    path.parent.mkdir()
    path.write_bytes(LARGE)
    return path


@pytest.fixture
def done(tmp_path: Path) -> Iterator[Path]:
    with small_filesystem(tmp_path / "done", "1m") as folder:
        yield folder


def copy(source: Path, folder: Path) -> Callable[[], None]:
    return lambda: moves.copy_across(source, folder / "a.pdf", passing_by=folder / ".id.part")


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_fails_a_copy_is_not_tried_again(source: Path, done: Path, call: str) -> None:
    with pytest.raises(StorageFailed, match="could not store") as caught:
        where_the_disk_answers(errno.EIO, [call], copy(source, done))

    assert "dmesg" in caught.value.hint
    assert source.read_bytes() == LARGE
    assert os.listdir(done) == []


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EDQUOT, errno.ESTALE], ids=errno.errorcode.get
)
def test_what_a_disk_could_not_take_now_is_copied_from_the_start_later(
    source: Path, done: Path, code: int, call: str
) -> None:
    with pytest.raises(OSError, match=os.strerror(code)):
        where_the_disk_answers(code, [call], copy(source, done))
    assert os.listdir(done) == []

    copy(source, done)()

    assert (done / "a.pdf").read_bytes() == LARGE
    assert not source.exists()


def test_a_copy_that_runs_full_halfway_leaves_no_half(source: Path, done: Path) -> None:
    fill(done)
    with (done / "ballast").open("r+b") as ballast:
        ballast.truncate(ballast.seek(0, os.SEEK_END) - len(LARGE) // 2)

    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        copy(source, done)()

    assert os.listdir(done) == ["ballast"]
    assert source.read_bytes() == LARGE
    make_room(done)
    copy(source, done)()
    assert (done / "a.pdf").read_bytes() == LARGE


def test_a_share_that_cannot_be_read_any_more_is_no_broken_disk(done: Path) -> None:
    def content() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        storing.write_new(done / "a.part", content())

    assert os.listdir(done) == []


class SomebodyIsFaster(PosixPath):
    """A name that is taken by a symlink as soon as it is free."""

    def unlink(self, missing_ok: bool = False) -> None:
        super().unlink(missing_ok)
        self.symlink_to("precious")


def test_nothing_is_written_through_a_symlink_of_the_last_moment(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        storing.write_new(SomebodyIsFaster(tmp_path / "a.part"), [b"ours"])

    assert (tmp_path / "precious").read_bytes() == b"theirs"


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_reason_that_the_disk_fails_to_store_is_not_tried_again(
    source: Path, done: Path, call: str
) -> None:
    with pytest.raises(StorageFailed):
        where_the_disk_answers(
            errno.EIO, [call], lambda: lay_reason(done / "a.pdf", "It is broken.", source=source)
        )

    assert os.listdir(done) == []


# ---- writing through -----------------------------------------------------------------------------


def test_a_disk_that_cannot_store_is_named_with_what_to_look_at(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    os.close(descriptor)

    with pytest.raises(StorageFailed, match=r"could not store .*/invoice\.pdf") as caught:
        storing.fsync_descriptor(descriptor, tmp_path / "invoice.pdf")

    assert "dmesg" in caught.value.hint


AWAY = sorted(storing.SHARE_AWAY)


@pytest.mark.parametrize("code", AWAY, ids=errno.errorcode.get)
def test_a_share_that_went_away_is_no_disk_that_failed(tmp_path: Path, code: int) -> None:
    with pytest.raises(OSError, match=os.strerror(code)) as caught:
        where_the_disk_answers(code, ["fsync"], lambda: storing.fsync_folder(tmp_path))

    assert caught.value.filename == str(tmp_path)
    storing.fsync_folder(tmp_path)


@pytest.mark.parametrize(
    "code", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.ETIMEDOUT], ids=errno.errorcode.get
)
def test_whatever_else_a_disk_says_may_be_the_loss_of_what_is_not_ours_to_write_anew(
    tmp_path: Path, code: int
) -> None:
    with pytest.raises(StorageFailed, match=os.strerror(code)):
        where_the_disk_answers(code, ["fsync"], lambda: storing.fsync_folder(tmp_path))


def test_a_document_whose_share_goes_while_it_is_stored_is_read_again_later(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("a"))

    def read() -> bytes:
        return inspect(tmp_path / "a.pdf", max_size=10_000).data

    with pytest.raises(OSError, match=r"a\.pdf"):
        where_the_disk_answers(errno.ESTALE, ["fsync"], read)

    assert read() == pdf("a")


def test_what_has_no_fsync_is_taken_at_its_word(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    try:
        storing.fsync_descriptor(writing, tmp_path / "invoice.pdf")  # a pipe answers EINVAL
    finally:
        os.close(reading)
        os.close(writing)


def test_files_and_folders_are_written_through(source: Path) -> None:
    storing.fsync_file(source)
    storing.fsync_folder(source.parent)


def test_a_symlink_is_not_written_through(source: Path) -> None:
    link = source.with_name("link.pdf")
    link.symlink_to(source)

    with pytest.raises(OSError, match=r"link\.pdf"):
        storing.fsync_file(link)
