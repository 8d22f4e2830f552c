from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingestd.errors import FolderUnusable
from ingestd.filing import lay_reason
from ingestd.filing.cabinet import draft_name
from tests.filing.putting import REASON, TOO_LARGE, content, put_away
from tests.hardship import no_room_to_write
from tests.meddling import take_name_and_die


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
    with no_room_to_write(), pytest.raises(FolderUnusable, match=TOO_LARGE):
        put_away(source, folder, REASON)

    assert source.exists()
    assert content(folder) == {}


def test_what_a_crash_left_of_a_reason_is_not_written_through(
    source: Path, folder: Path, tmp_path: Path
) -> None:
    folder.mkdir()
    (tmp_path / "precious").write_text("theirs")
    (folder / draft_name(source)).symlink_to(tmp_path / "precious")

    put_away(source, folder, REASON)

    assert (folder / "letter.pdf.reason.txt").read_text() == REASON
    assert (tmp_path / "precious").read_text() == "theirs"


def test_documents_of_one_name_that_fail_at_once_have_each_a_reason_of_its_own(
    folder: Path, tmp_path: Path
) -> None:
    sources = [tmp_path / "work" / str(number) / "scan.pdf" for number in range(64)]
    for path in sources:
        path.parent.mkdir(parents=True)
        path.write_text(path.parent.name)

    with ThreadPoolExecutor(8) as workers:
        filed = list(workers.map(lambda one: put_away(one, folder, one.parent.name), sources))

    reasons = [path.with_name(f"{path.name}.reason.txt").read_text() for path in filed]
    assert reasons == [path.read_text() for path in filed] == [one.parent.name for one in sources]
    assert len(content(folder)) == 2 * len(sources)


def test_a_reason_that_another_is_just_writing_is_not_touched(source: Path, folder: Path) -> None:
    folder.mkdir()
    other = draft_name(source.parents[1] / "id-2" / source.name)
    (folder / other).write_bytes(b"half of")

    put_away(source, folder, REASON)
    lay_reason(folder / source.name, REASON, source=source)

    assert content(folder).keys() == {"letter.pdf", "letter.pdf.reason.txt", other}


def test_a_draft_that_somebody_cleared_away_hides_no_other_trouble(
    source: Path, folder: Path
) -> None:
    def clear_up(_target: Path) -> None:
        (folder / draft_name(source)).unlink()
        raise RuntimeError("not here")

    with pytest.raises(RuntimeError, match="not here"):
        put_away(source, folder, REASON, before_move=clear_up)


def test_a_reason_with_a_name_that_is_no_text_can_be_read_as_text(
    source: Path, folder: Path
) -> None:
    folder.mkdir()

    lay_reason(folder / "letter.pdf", "r\udce9sum\udce9", source=source)

    assert (folder / "letter.pdf.reason.txt").read_text("utf-8") == r"r\udce9sum\udce9"


def test_a_reason_that_is_there_already_stays(source: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.pdf.reason.txt").write_text("first")

    lay_reason(folder / "letter.pdf", "second", source=source)

    assert content(folder) == {"letter.pdf.reason.txt": b"first"}


def test_a_name_that_was_only_taken_is_no_reason(source: Path, folder: Path) -> None:
    folder.mkdir()
    take_name_and_die(folder / draft_name(source), folder / "letter.pdf.reason.txt")

    lay_reason(folder / "letter.pdf", REASON, source=source)

    assert content(folder) == {"letter.pdf.reason.txt": REASON.encode()}
