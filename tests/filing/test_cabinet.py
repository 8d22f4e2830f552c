from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestd.errors import FolderUnusable
from ingestd.model import Outcome
from tests.filing.putting import REASON, cabinet, content, put_away
from tests.hardship import bound_by_rights, read_only
from tests.meddling import take_name_and_die

WHEN = datetime(2026, 5, 4, 12, tzinfo=UTC)

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


def test_a_document_goes_under_its_own_name_if_it_is_delivered(tmp_path: Path) -> None:
    foreseen = cabinet(tmp_path, "%Y").foreseen("ACME/a.pdf", WHEN)

    assert foreseen == str(tmp_path / "done/2026/ACME/a.pdf")


def test_nothing_is_foreseen_where_the_name_is_taken(tmp_path: Path) -> None:
    (tmp_path / "done").mkdir()
    (tmp_path / "done/a.pdf").symlink_to("nowhere")

    assert cabinet(tmp_path).foreseen("a.pdf", WHEN) == ""


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


@pytest.mark.parametrize("ours", [b"", b"ours"])
def test_a_name_that_an_attempt_had_taken_when_it_died_is_used_by_the_next(
    source: Path, folder: Path, ours: bytes
) -> None:
    source.write_bytes(ours)
    folder.mkdir()
    take_name_and_die(source, folder / "letter.pdf")

    put_away(source, folder, left_off=folder / "letter.pdf")

    assert content(folder) == {"letter.pdf": ours}


@pytest.mark.parametrize("there", [b"", b"%"])
def test_what_another_put_where_an_attempt_left_off_is_not_touched(
    source: Path, folder: Path, there: bytes
) -> None:
    folder.mkdir()
    (folder / "letter.pdf").write_bytes(there)

    put_away(source, folder, left_off=folder / "letter.pdf")

    assert content(folder) == {"letter.pdf": there, "letter (2).pdf": b"ours"}


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

    with pytest.raises(FolderUnusable, match=f"cannot be put into {folder}/2026"):
        put_away(source, folder / "2026")

    assert source.exists()


def test_a_document_that_is_taken_away_at_the_last_moment_is_not_blamed_on_its_folder(
    source: Path, folder: Path
) -> None:
    with pytest.raises(FileNotFoundError, match=str(source)):
        put_away(source, folder, before_move=lambda _: source.unlink())

    assert content(folder) == {}


@pytest.mark.parametrize("reason", ["", REASON])
def test_a_folder_that_cannot_be_written_leaves_the_document(
    source: Path, folder: Path, reason: str
) -> None:
    folder.mkdir()

    with read_only(folder), pytest.raises(FolderUnusable, match=f"cannot be put into {folder}:"):
        bound_by_rights(lambda: put_away(source, folder, reason))

    assert source.exists()
