from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestd.filing import Cabinet, lay_reason
from ingestd.model import Outcome
from tests.filing.hardship import (
    bound_by_rights,
    folder_on_another_filesystem,
    no_room_to_write,
    read_only,
)

WHEN = datetime(2026, 5, 4, 12, tzinfo=UTC)
TOO_LARGE = os.strerror(errno.EFBIG)
REASON = "It is broken.\nScan it again.\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "id-1" / "letter.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"ours")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "failed"


def cabinet(top: Path, layout: str = "") -> Cabinet:
    return Cabinet(top / "done", top / "failed", top / "twice", layout)


def put_away(
    source: Path,
    folder: Path,
    reason: str = "",
    before_move: Callable[[Path], None] = lambda _: None,
) -> Path:
    return cabinet(folder.parent).put_away(source, folder, reason=reason, before_move=before_move)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---- which folder --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "name", "layout", "expected"),
    [
        (Outcome.DELIVERED, "a.pdf", "", "done"),
        (Outcome.FAILED, "a.pdf", "", "failed"),
        (Outcome.DUPLICATE, "a.pdf", "", "twice"),
        (Outcome.DELIVERED, "a.pdf", "%Y/%m", "done/2026/05"),
        (Outcome.DUPLICATE, "a.pdf", "%Y-%m-%d", "twice/2026-05-04"),
        (Outcome.FAILED, "a.pdf", "%Y/%m", "failed"),
        (Outcome.DELIVERED, "ACME/May/a.pdf", "", "done/ACME/May"),
        (Outcome.DELIVERED, "ACME/May/a.pdf", "%Y", "done/2026/ACME/May"),
        (Outcome.FAILED, "ACME/a.pdf", "%Y", "failed/ACME"),
    ],
)
def test_outcome_layout_and_subfolder_decide_where_a_document_goes(
    outcome: Outcome, name: str, layout: str, expected: str
) -> None:
    assert cabinet(Path("/srv"), layout).folder_for(outcome, name, WHEN) == Path("/srv", expected)


# ---- the move ------------------------------------------------------------------------------------


def test_a_document_is_put_away_under_its_name(source: Path, folder: Path) -> None:
    where = put_away(source, folder / "2026" / "05")

    assert where == folder / "2026" / "05" / "letter.pdf"
    assert where.read_bytes() == b"ours"
    assert not source.exists()


def test_a_document_is_never_put_over_another(source: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.pdf").write_bytes(b"theirs")
    (folder / "letter (2).pdf").symlink_to("nothing")

    where = put_away(source, folder)

    assert where == folder / "letter (3).pdf"
    assert (folder / "letter.pdf").read_bytes() == b"theirs"
    assert (folder / "letter (2).pdf").is_symlink()


def test_a_name_taken_at_the_last_moment_is_not_overwritten(source: Path, folder: Path) -> None:
    def somebody_is_faster(target: Path) -> None:
        if target.name == "letter.pdf":
            target.write_bytes(b"theirs")

    put_away(source, folder, REASON, before_move=somebody_is_faster)

    assert content(folder) == {
        "letter.pdf": b"theirs",
        "letter (2).pdf": b"ours",
        "letter (2).pdf.reason.txt": REASON.encode(),
    }


def test_every_destination_is_told_before_it_is_tried(source: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.pdf").write_bytes(b"theirs")
    told: list[tuple[str, bool]] = []

    def note(target: Path) -> None:
        told.append((target.name, source.exists()))
        if target.name == "letter (2).pdf":
            target.write_bytes(b"faster")

    where = put_away(source, folder, before_move=note)

    assert told == [("letter (2).pdf", True), ("letter (3).pdf", True)]
    assert where.name == "letter (3).pdf"


def test_a_destination_that_cannot_be_noted_is_not_used(source: Path, folder: Path) -> None:
    def refuse(_target: Path) -> None:
        raise RuntimeError("the ledger is full")

    with pytest.raises(RuntimeError):
        put_away(source, folder, REASON, before_move=refuse)

    assert source.exists()
    assert content(folder) == {}


def test_a_document_that_is_gone_has_no_destination_and_makes_no_folder(
    source: Path, folder: Path
) -> None:
    source.unlink()
    told: list[Path] = []

    with pytest.raises(FileNotFoundError):
        put_away(source, folder, before_move=told.append)

    assert told == []
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_leaves_the_document(source: Path, folder: Path) -> None:
    folder.write_text("a file in the way")

    with pytest.raises(FileExistsError):
        put_away(source, folder / "2026")

    assert source.exists()


def test_a_folder_that_cannot_be_written_leaves_the_document(source: Path, folder: Path) -> None:
    folder.mkdir()

    with read_only(folder), pytest.raises(PermissionError):
        bound_by_rights(lambda: put_away(source, folder, REASON))

    assert source.exists()


# ---- its reason ----------------------------------------------------------------------------------


def test_the_reason_is_laid_beside_the_document(source: Path, folder: Path) -> None:
    put_away(source, folder, REASON)

    assert content(folder) == {
        "letter.pdf": b"ours",
        "letter.pdf.reason.txt": REASON.encode(),
    }


def test_a_name_is_free_only_if_its_reason_file_is_free_too(source: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.pdf.reason.txt").write_bytes(b"theirs")

    where = put_away(source, folder, REASON)

    assert where.name == "letter (2).pdf"
    assert (folder / "letter.pdf.reason.txt").read_bytes() == b"theirs"


def test_a_long_name_leaves_room_for_its_reason_file(source: Path, folder: Path) -> None:
    long = source.rename(source.with_name("€" * 83 + ".pdf"))

    where = put_away(long, folder, REASON)

    assert set(content(folder)) == {where.name, f"{where.name}.reason.txt"}
    assert where.name == "€" * 80 + ".pdf"


def test_a_disk_too_full_for_the_reason_keeps_the_document(source: Path, folder: Path) -> None:
    with no_room_to_write(), pytest.raises(OSError, match=TOO_LARGE):
        put_away(source, folder, REASON)

    assert source.exists()
    assert content(folder) == {}


def test_what_a_crash_left_of_a_reason_is_not_written_through(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    folder.mkdir()
    (tmp_path / "precious").write_text("theirs")
    draft = hashlib.sha256(b"letter.pdf.reason.txt").hexdigest()
    (folder / f".{draft}.tmp").symlink_to(tmp_path / "precious")

    put_away(source, folder, REASON)

    assert (folder / "letter.pdf.reason.txt").read_text() == REASON
    assert (tmp_path / "precious").read_text() == "theirs"


def test_a_reason_with_a_name_that_is_no_text_can_be_read_as_text(folder: Path) -> None:
    folder.mkdir()

    lay_reason(folder / "letter.pdf", "r\udce9sum\udce9")

    assert (folder / "letter.pdf.reason.txt").read_text("utf-8") == r"r\udce9sum\udce9"


def test_a_reason_that_is_there_already_stays(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.pdf.reason.txt").write_text("first")

    lay_reason(folder / "letter.pdf", "second")

    assert content(folder) == {"letter.pdf.reason.txt": b"first"}


# ---- across filesystems --------------------------------------------------------------------------


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


def test_what_a_crashed_copy_left_is_cleared_away(source: Path, elsewhere: Path) -> None:
    (elsewhere / ".id-1.part").write_bytes(b"half of")

    put_away(source, elsewhere)

    assert content(elsewhere) == {"letter.pdf": b"ours"}


def test_a_copy_that_did_not_fit_leaves_the_document(source: Path, elsewhere: Path) -> None:
    with no_room_to_write(3), pytest.raises(OSError, match=TOO_LARGE):
        put_away(source, elsewhere)

    assert source.read_bytes() == b"ours"
    assert content(elsewhere) == {}
