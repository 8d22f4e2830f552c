from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ingestd.intake.inside import look_into
from ingestd.intake.pairing import Entry, Oddity
from ingestd.intake.settle import Inside, Look
from ingestd.intake.shape import Kind
from tests.hardship import bound_by_rights, where_the_disk_answers, without_waiting
from tests.intake.documents import pdf


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf())
    return Entry("a.pdf", Look.of(path.stat()))


def looked(root: Path, entry: Entry) -> Inside | Oddity | None:
    return look_into(root, entry, clock=lambda: 7.0)


def test_a_file_is_told_by_its_content_and_when_it_was_opened(tmp_path: Path, entry: Entry) -> None:
    inside = looked(tmp_path, entry)

    assert isinstance(inside, Inside)
    assert (inside.shape.kind, inside.being_written, inside.at) == (Kind.WHOLE, False, 7.0)


@pytest.mark.parametrize(
    ("said", "kind"), [(b"notes = 'x'", Kind.WHOLE), (b"", Kind.EMPTY), (b"%PDF-1.4", Kind.WHOLE)]
)
def test_a_sidecar_is_whole_as_soon_as_anything_is_in_it(
    tmp_path: Path, said: bytes, kind: Kind
) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(said)

    inside = looked(tmp_path, Entry("a.toml", Look.of(path.stat()), is_sidecar=True))

    assert isinstance(inside, Inside)
    assert inside.shape.kind is kind


@pytest.mark.parametrize(
    ("code", "being_written"),
    [(errno.EACCES, None), (errno.EINVAL, None), (errno.EAGAIN, True)],
    ids=["EACCES", "EINVAL", "EAGAIN"],
)
def test_that_nobody_can_tell_of_a_writer_is_not_that_there_is_none(
    tmp_path: Path, entry: Entry, code: int, *, being_written: bool | None
) -> None:
    inside = where_the_disk_answers(code, ["fcntl"], lambda: looked(tmp_path, entry))

    assert isinstance(inside, Inside)
    assert inside.being_written is being_written


def test_whether_somebody_writes_is_not_asked_where_nobody_can_tell(
    tmp_path: Path, entry: Entry
) -> None:
    with (tmp_path / "a.pdf").open("ab"):
        inside = look_into(tmp_path, entry, clock=lambda: 7.0, ask_for_writers=False)

    assert isinstance(inside, Inside)
    assert inside.being_written is None


def test_a_file_that_left_or_changed_is_not_as_it_was_listed(tmp_path: Path, entry: Entry) -> None:
    (tmp_path / "a.pdf").write_bytes(b"another")
    assert looked(tmp_path, entry) is None

    (tmp_path / "a.pdf").unlink()
    assert looked(tmp_path, entry) is None


def test_a_link_that_took_its_place_is_not_followed(tmp_path: Path, entry: Entry) -> None:
    (tmp_path / "a.pdf").rename(tmp_path / "secret.pdf")
    (tmp_path / "a.pdf").symlink_to(tmp_path / "secret.pdf")

    assert not isinstance(looked(tmp_path, entry), Inside)


def test_a_pipe_that_took_its_place_is_not_waited_for(tmp_path: Path, entry: Entry) -> None:
    (tmp_path / "a.pdf").unlink()
    os.mkfifo(tmp_path / "a.pdf")

    assert without_waiting(lambda: looked(tmp_path, entry)) is None


@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_a_file_that_opens_and_cannot_be_read_is_an_oddity(
    tmp_path: Path, entry: Entry, code: int
) -> None:
    found = where_the_disk_answers(code, ["pread64"], lambda: looked(tmp_path, entry))

    assert isinstance(found, Oddity)
    assert found.what.startswith("cannot be read: ")
    assert not found.hint


def test_of_a_file_that_may_not_be_read_is_said_who_is_to_let_it(
    tmp_path: Path, entry: Entry
) -> None:
    (tmp_path / "a.pdf").chmod(0)

    found = bound_by_rights(lambda: looked(tmp_path, entry))

    assert isinstance(found, Oddity)
    assert "the right to read it" in found.hint


@pytest.mark.parametrize("code", [errno.ESTALE, errno.EAGAIN], ids=errno.errorcode.get)
def test_a_file_that_went_or_is_another_s_while_it_was_read_is_none(
    tmp_path: Path, entry: Entry, code: int
) -> None:
    for_now = where_the_disk_answers(code, ["pread64"], lambda: looked(tmp_path, entry))

    assert for_now is None
