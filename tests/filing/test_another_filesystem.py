from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.errors import DocumentChanged, FolderUnusable
from ingestd.filing import part_name
from tests.filing.putting import REASON, TOO_LARGE, content, put_away
from tests.hardship import (
    bound_by_rights,
    folder_on_another_filesystem,
    no_room_to_write,
    read_only,
    where_the_disk_answers,
)
from tests.meddling import append, path_that_meddles, take_name_and_die


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    with folder_on_another_filesystem(than=tmp_path) as folder:
        if folder is None:
            pytest.skip("no second filesystem here; test_moves.py calls copy_across directly")
        yield folder


def test_a_document_is_put_away_on_another_filesystem(source: Path, elsewhere: Path) -> None:
    (elsewhere / "letter.pdf").write_bytes(b"theirs")

    put_away(source, elsewhere, REASON)

    assert content(elsewhere) == {
        "letter.pdf": b"theirs",
        "letter (2).pdf": b"ours",
        "letter (2).pdf.reason.txt": REASON.encode(),
    }
    assert not source.exists()


def test_documents_of_one_subfolder_are_copied_at_once_and_not_into_each_other(
    tmp_path: Path, elsewhere: Path
) -> None:
    one, other = (tmp_path / document / "acme" / "letter.pdf" for document in ("a", "b"))
    one.parent.mkdir(parents=True)
    one.write_bytes(b"ours")
    (elsewhere / part_name(other)).write_bytes(b"half of")  # it is being copied right now

    put_away(one, elsewhere)

    assert content(elsewhere) == {"letter.pdf": b"ours", part_name(other): b"half of"}


def test_what_a_crashed_copy_left_is_cleared_away(source: Path, elsewhere: Path) -> None:
    (elsewhere / part_name(source)).write_bytes(b"half of")

    put_away(source, elsewhere)

    assert content(elsewhere) == {"letter.pdf": b"ours"}


def test_a_name_that_a_crashed_copy_had_taken_is_used_by_the_next(
    source: Path, elsewhere: Path
) -> None:
    take_name_and_die(elsewhere / part_name(source), elsewhere / "letter.pdf")

    put_away(source, elsewhere, left_off=elsewhere / "letter.pdf")

    assert content(elsewhere) == {"letter.pdf": b"ours"}


def test_a_copy_that_did_not_fit_leaves_the_document(source: Path, elsewhere: Path) -> None:
    with no_room_to_write(3), pytest.raises(FolderUnusable, match=TOO_LARGE):
        put_away(source, elsewhere)

    assert source.read_bytes() == b"ours"
    assert content(elsewhere) == {}


def test_a_document_that_cannot_be_read_is_not_blamed_on_its_folder(
    source: Path, elsewhere: Path
) -> None:
    with pytest.raises(OSError, match=os.strerror(errno.EIO)) as caught:
        where_the_disk_answers(errno.EIO, ["read"], lambda: put_away(source, elsewhere, REASON))

    assert caught.value.filename == str(source)
    assert content(elsewhere) == {}


def test_a_document_that_could_not_be_removed_is_not_blamed_on_its_folder(
    source: Path, elsewhere: Path
) -> None:
    with read_only(source.parent), pytest.raises(PermissionError, match=str(source)):
        bound_by_rights(lambda: put_away(source, elsewhere))

    assert content(elsewhere) == {}


def test_a_document_that_is_written_to_while_it_is_copied_stays_and_leaves_nothing(
    source: Path, elsewhere: Path
) -> None:
    folder = path_that_meddles(elsewhere, when_cleared=lambda: append(source))

    with pytest.raises(DocumentChanged):
        put_away(source, folder, REASON)

    assert source.read_bytes().startswith(b"ours, and more")
    assert content(elsewhere) == {}
