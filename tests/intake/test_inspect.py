from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import pytest

from ingestd.errors import DocumentChanged, UnfitDocument
from ingestd.intake.inspection import inspect, read_sidecar
from tests.hardship import without_waiting
from tests.intake.documents import jpeg, pdf


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_the_bytes_read_are_the_bytes_hashed(tmp_path: Path) -> None:
    content = inspect(written(tmp_path / "a.pdf", pdf()), max_size=10_000)

    assert content.data == pdf()
    assert content.md5 == hashlib.md5(pdf()).hexdigest()
    assert content.sha256 == hashlib.sha256(pdf()).hexdigest()


def test_the_media_type_comes_from_the_content(tmp_path: Path) -> None:
    assert inspect(written(tmp_path / "a.pdf", jpeg()), max_size=10_000).media_type == "image/jpeg"


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "sparse.pdf"
    with path.open("wb") as file:
        file.truncate(10 * 1024**4)  # ten tebibytes: reading it would not end

    with pytest.raises(UnfitDocument, match="15,000,000"):
        inspect(path, max_size=15_000_000)


def test_a_file_of_just_the_largest_size_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", pdf())

    assert len(inspect(path, max_size=len(pdf())).data) == len(pdf())
    with pytest.raises(UnfitDocument):
        inspect(path, max_size=len(pdf()) - 1)


@pytest.mark.parametrize("then", [pdf() + b"\n", pdf()[:-1], pdf()[::-1]])
def test_what_is_written_to_while_it_is_read_is_not_taken(tmp_path: Path, then: bytes) -> None:
    path = written(tmp_path / "a.pdf", pdf())
    os.utime(path, (1, 1))  # any write is at another time

    def write(_descriptor: int, path: Path) -> None:
        path.write_bytes(then)

    with pytest.raises(DocumentChanged):
        inspect(path, max_size=10_000, store=write)


@pytest.mark.parametrize("content", [b"", b"no document", pdf()[:-20], jpeg()[:-2]])
def test_what_is_not_whole_is_unfit_with_advice(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnfitDocument) as unfit:
        inspect(written(tmp_path / "a.pdf", content), max_size=10_000)

    assert unfit.value.hint


@pytest.mark.parametrize(
    "content", [pytest.param(pdf() * 100, id="too large"), pytest.param(b"no document", id="none")]
)
def test_what_is_unfit_is_written_through_all_the_same(tmp_path: Path, content: bytes) -> None:
    stored: list[Path] = []
    path = written(tmp_path / "a.pdf", content)

    with pytest.raises(UnfitDocument):
        inspect(path, max_size=10_000, store=lambda _, at: stored.append(at))

    assert stored == [path]


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.pdf", pdf())
    (tmp_path / "a.pdf").symlink_to(secret)

    with pytest.raises(UnfitDocument, match="regular file"):
        inspect(tmp_path / "a.pdf", max_size=10_000)


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")

    with pytest.raises(UnfitDocument, match="regular file"):
        without_waiting(lambda: inspect(tmp_path / "a.pdf", max_size=10_000))


def test_a_socket_is_not_opened(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    os.chdir(tmp_path)  # the name of a socket has 108 bytes at most
    request.addfinalizer(lambda: os.chdir(request.config.rootpath))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a.pdf")

        with pytest.raises(UnfitDocument, match="regular file"):
            inspect(tmp_path / "a.pdf", max_size=10_000)


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").mkdir()

    with pytest.raises(UnfitDocument, match="regular file"):
        inspect(tmp_path / "a.pdf", max_size=10_000)


def test_a_sidecar_is_written_through_and_then_read(tmp_path: Path) -> None:
    stored: list[Path] = []
    path = written(tmp_path / "a.toml", b"notes = 'x'")

    data = read_sidecar(path, max_size=100, store=lambda _, at: stored.append(at))

    assert (data, stored) == (b"notes = 'x'", [path])


def test_a_sidecar_that_grows_while_it_is_read_is_still_being_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.toml", b"notes = 'x'")

    def write(_: int, at: Path) -> None:
        with at.open("ab") as file:
            file.write(b"# more")

    with pytest.raises(DocumentChanged):
        read_sidecar(path, max_size=100, store=write)


def test_a_sidecar_is_no_link_to_anything_and_not_too_large(tmp_path: Path) -> None:
    path = written(tmp_path / "a.toml", b"notes = 'x'")
    (tmp_path / "b.toml").symlink_to(path)

    with pytest.raises(UnfitDocument, match="not a regular file"):
        read_sidecar(tmp_path / "b.toml", max_size=100)
    with pytest.raises(UnfitDocument, match=r"a\.toml has 11 bytes"):
        read_sidecar(path, max_size=10)


def test_a_sidecar_that_is_too_large_is_written_through_all_the_same(tmp_path: Path) -> None:
    stored: list[Path] = []
    path = written(tmp_path / "a.toml", b"notes = 'x'")

    with pytest.raises(UnfitDocument):
        read_sidecar(path, max_size=10, store=lambda _, at: stored.append(at))

    assert stored == [path]
