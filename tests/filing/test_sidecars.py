"""What belongs to a document is put away beside it, and nothing else comes to belong to it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ingestd.errors import FolderUnusable
from ingestd.filing import SUFFIX, bring_after, part_name
from tests.filing.putting import REASON, content, put_away
from tests.hardship import folder_on_another_filesystem
from tests.meddling import take_name_and_die

NAMES = ("letter.toml", "letter.pdf.xml")


@pytest.fixture
def sidecars(source: Path) -> list[Path]:
    paths = [source.with_name(name) for name in NAMES]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


TAKEN: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "letter"),
    "the document's name": (["letter.pdf"], "letter (2)"),
    "a sidecar's name": (["letter.toml"], "letter (2)"),
    "the name of one that it does not have": (["letter.json"], "letter (2)"),
    "one in capitals": (["letter.JSON"], "letter (2)"),
    "the reason's name": ([f"letter.pdf{SUFFIX}"], "letter (2)"),
    "another that its sidecar may belong to": (["letter.jpg"], "letter (2)"),
    "several": (["letter.pdf", "letter (2).pdf.xml"], "letter (3)"),
}


@pytest.mark.parametrize(("taken", "stem"), TAKEN.values(), ids=TAKEN)
def test_a_document_and_its_sidecars_take_names_that_are_free_for_all_of_them(
    source: Path, sidecars: list[Path], folder: Path, taken: list[str], stem: str
) -> None:
    folder.mkdir()
    for name in taken:
        (folder / name).write_bytes(b"theirs")

    put_away(source, folder, REASON, sidecars=sidecars)

    assert content(folder) == dict.fromkeys(taken, b"theirs") | {
        f"{stem}.pdf": b"ours",
        f"{stem}.pdf{SUFFIX}": REASON.encode(),
        f"{stem}.toml": b"letter.toml",
        f"{stem}.pdf.xml": b"letter.pdf.xml",
    }
    assert list(source.parent.iterdir()) == []


def test_a_document_without_a_sidecar_is_not_put_beside_another_s(
    source: Path, folder: Path
) -> None:
    folder.mkdir()
    (folder / "letter.toml").write_bytes(b"theirs")

    assert put_away(source, folder).name == "letter (2).pdf"


def test_an_e_invoice_that_failed_alone_becomes_no_sidecar_of_another(
    source: Path, folder: Path
) -> None:
    folder.mkdir()
    (folder / "letter.pdf").write_bytes(b"theirs")

    assert put_away(source.rename(source.with_suffix(".xml")), folder).name == "letter (2).xml"


def test_names_are_cut_so_that_the_sidecar_s_name_fits_as_well(tmp_path: Path) -> None:
    source, folder = tmp_path / f"{'x' * 250}.pdf", tmp_path / "done"
    sidecar = source.with_suffix(".toml")
    source.write_bytes(b"ours")
    sidecar.write_bytes(b"its")
    folder.mkdir()
    (folder / source.name).write_bytes(b"theirs")

    target = put_away(source, folder, sidecars=[sidecar])

    assert target.with_suffix(".toml").read_bytes() == b"its"
    assert target.name.endswith(" (2).pdf")


def test_the_document_goes_first(source: Path, sidecars: list[Path], folder: Path) -> None:
    for sidecar in sidecars:
        sidecar.unlink()  # and as none of them is there, the first one's move fails

    with pytest.raises(FileNotFoundError):
        put_away(source, folder, sidecars=sidecars)

    assert content(folder) == {"letter.pdf": b"ours"}


def test_documents_and_sidecars_go_to_another_filesystem(
    source: Path, sidecars: list[Path], tmp_path: Path
) -> None:
    with folder_on_another_filesystem(than=tmp_path) as elsewhere:
        if elsewhere is None:
            pytest.skip("no second filesystem here")
        (elsewhere / part_name(sidecars[0])).write_bytes(b"half of")  # a crashed copy

        put_away(source, elsewhere, sidecars=sidecars)

        assert content(elsewhere) == {
            "letter.pdf": b"ours",
            "letter.toml": b"letter.toml",
            "letter.pdf.xml": b"letter.pdf.xml",
        }
    assert list(source.parent.iterdir()) == []


def test_a_name_that_a_killed_move_of_a_sidecar_reserved_is_freed(
    source: Path, sidecars: list[Path], folder: Path
) -> None:
    folder.mkdir()
    take_name_and_die(sidecars[0], folder / "letter.toml")

    bring_after(sidecars, source, folder / "letter.pdf")

    assert set(content(folder)) == set(NAMES)


def test_a_folder_that_takes_no_sidecar_is_named(
    source: Path, sidecars: list[Path], folder: Path
) -> None:
    folder.write_bytes(b"no folder")

    with pytest.raises(FolderUnusable, match=os.strerror(errno.ENOTDIR)):
        bring_after(sidecars, source, folder / "letter.pdf")

    assert all(path.exists() for path in sidecars)
