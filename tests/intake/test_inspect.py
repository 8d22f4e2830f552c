from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import pytest

from ingestd.errors import UnfitDocument
from ingestd.intake.inspect import inspect
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


@pytest.mark.parametrize("content", [b"", b"no document", pdf()[:-20], jpeg()[:-2]])
def test_what_is_not_whole_is_unfit_with_advice(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnfitDocument) as unfit:
        inspect(written(tmp_path / "a.pdf", content), max_size=10_000)

    assert unfit.value.hint


def test_a_symlink_is_not_followed(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.pdf", pdf())
    (tmp_path / "a.pdf").symlink_to(secret)

    with pytest.raises(UnfitDocument, match="regular file"):
        inspect(tmp_path / "a.pdf", max_size=10_000)


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")

    with pytest.raises(UnfitDocument, match="regular file"):
        inspect(tmp_path / "a.pdf", max_size=10_000)


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
