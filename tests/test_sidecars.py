from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.sidecars import is_called_like_one, names_for, owners, renamed, sidecars_of
from tests.hardship import bound_by_rights

CALLED = {
    "a.toml": True,
    "a.pdf.json": True,
    "A.XML": True,
    "a.Json": False,
    "a.pdf": False,
    "json": False,
}


@pytest.mark.parametrize(("name", "expected"), CALLED.items())
def test_a_sidecar_is_known_by_its_suffix(name: str, *, expected: bool) -> None:
    assert is_called_like_one(name) is expected


def test_a_document_s_sidecars_have_its_name_with_its_suffix_or_without() -> None:
    small = [name for name in names_for("a.b.pdf") if name.islower()]

    assert small == [
        "a.b.toml",
        "a.b.json",
        "a.b.xml",
        "a.b.pdf.toml",
        "a.b.pdf.json",
        "a.b.pdf.xml",
    ]
    assert "a.b.pdf.XML" in names_for("a.b.pdf")


def test_a_sidecar_has_no_sidecars() -> None:
    assert names_for("a.xml") == []


def test_a_document_with_the_longest_name_there_can_be_has_no_sidecar(tmp_path: Path) -> None:
    assert sidecars_of(tmp_path / ("a" * 251 + ".pdf")) == []


def test_a_folder_that_does_not_answer_is_not_one_without_sidecars(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    tmp_path.chmod(0)

    with pytest.raises(PermissionError):
        bound_by_rights(lambda: sidecars_of(tmp_path / "a.pdf"))

    tmp_path.chmod(0o700)


OWNERS: dict[str, tuple[str, list[str], list[str]]] = {
    "by its stem": ("a.toml", ["a.pdf", "b.pdf"], ["a.pdf"]),
    "by its whole name": ("a.pdf.toml", ["a.pdf"], ["a.pdf"]),
    "its whole name goes first": ("a.pdf.toml", ["a.pdf.tif", "a.pdf"], ["a.pdf"]),
    "or else by its stem": ("a.pdf.toml", ["a.pdf.tif"], ["a.pdf.tif"]),
    "one without a suffix": ("a.json", ["a"], ["a"]),
    "one of two": ("a.json", ["a.pdf", "a.jpg"], ["a.jpg", "a.pdf"]),
    "of another case": ("A.json", ["a.pdf"], []),
    "of a sidecar": ("a.json", ["a.xml"], []),
    "of none": ("a.json", ["ab.pdf"], []),
}


@pytest.mark.parametrize(("sidecar", "documents", "expected"), OWNERS.values(), ids=OWNERS)
def test_a_sidecar_belongs_to_the_document_that_it_is_called_after(
    sidecar: str, documents: list[str], expected: list[str]
) -> None:
    assert owners([sidecar], documents) == {sidecar: expected}


RENAMED = {
    "a.toml": "b.toml",
    "a.pdf.json": "b.pdf.json",
    "c.XML": "b.XML",
    "c.pdf.xml": "b.pdf.xml",
}


@pytest.mark.parametrize(("sidecar", "expected"), RENAMED.items())
def test_a_sidecar_is_renamed_with_its_document(sidecar: str, expected: str) -> None:
    folder, other = Path("/inbox"), Path("/done")

    assert renamed(folder / sidecar, folder / "a.pdf", other / "b.pdf") == other / expected
