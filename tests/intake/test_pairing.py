"""Which of the files in an inbox are documents, and which go with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestd.intake.listing import Listing, Rules, list_inbox

RULES = Rules(include=("*.pdf", "*.jpg"), sidecars=True)
WITH_XML = Rules(include=("*.pdf", "*.xml"), sidecars=True)
EVERYTHING = Rules(include=("*",), sidecars=True)
WITHOUT = Rules(include=("*.pdf", "*.xml"))


def found(listing: Listing) -> dict[str, list[str]]:
    """Each document with what goes with it; under an empty name what is alone."""
    pairs = {entry.path: [one.path for one in entry.sidecars] for entry in listing.entries}
    return pairs | ({"": [one.path for one in listing.alone]} if listing.alone else {})


CASES: dict[str, tuple[Rules, list[str], dict[str, list[str]]]] = {
    "by its stem": (RULES, ["a.pdf", "a.toml"], {"a.pdf": ["a.toml"]}),
    "by its whole name": (RULES, ["a.pdf", "a.pdf.json"], {"a.pdf": ["a.pdf.json"]}),
    "in capitals": (RULES, ["A.PDF", "A.JSON"], {"A.PDF": ["A.JSON"]}),
    "two of them": (RULES, ["a.pdf", "a.json", "a.toml"], {"a.pdf": ["a.json", "a.toml"]}),
    "of another": (RULES, ["a.pdf", "b.toml"], {"a.pdf": [], "": ["b.toml"]}),
    "alone": (RULES, ["a.toml"], {"": ["a.toml"]}),
    "beside what is no document": (RULES, ["a.doc", "a.json"], {"": ["a.json"]}),
    "an e-invoice": (WITH_XML, ["a.pdf", "a.xml"], {"a.pdf": ["a.xml"]}),
    "an e-invoice and a sidecar": (
        WITH_XML,
        ["a.pdf", "a.toml", "a.xml"],
        {"a.pdf": ["a.toml", "a.xml"]},
    ),
    "an e-invoice alone": (WITH_XML, ["a.xml"], {"a.xml": []}),
    "an e-invoice that is not included": (RULES, ["a.pdf", "a.xml"], {"a.pdf": []}),
    "everything": (EVERYTHING, ["a.pdf", "a.json", "b.json"], {"a.pdf": ["a.json"], "b.json": []}),
    "none": (WITHOUT, ["a.pdf", "a.toml", "a.xml"], {"a.pdf": [], "a.xml": []}),
    "excluded": (RULES, ["a.pdf", ".a.toml", "~$a.json"], {"a.pdf": []}),
}


@pytest.mark.parametrize(("rules", "names", "expected"), CASES.values(), ids=CASES)
def test_a_sidecar_goes_with_the_document_beside_it(
    root: Path, rules: Rules, names: list[str], expected: dict[str, list[str]]
) -> None:
    for name in names:
        (root / name).touch()

    listing = list_inbox(root, rules)

    assert found(listing) == expected
    assert listing.oddities == []


def test_a_sidecar_belongs_to_no_document_of_another_folder(root: Path) -> None:
    (root / "acme").mkdir()
    for name in ("a.pdf", "acme/a.toml", "acme/b.pdf", "acme/b.toml"):
        (root / name).touch()

    listing = list_inbox(root, Rules(recursive=True, sidecars=True))

    assert found(listing) == {"a.pdf": [], "acme/b.pdf": ["acme/b.toml"], "": ["acme/a.toml"]}


def test_two_documents_that_one_sidecar_may_belong_to_are_held_and_it_is_named(
    root: Path,
) -> None:
    for name in ("a.jpg", "a.pdf", "a.toml", "b.pdf"):
        (root / name).touch()

    listing = list_inbox(root, RULES)

    assert {entry.path: entry.held for entry in listing.entries} == {
        "a.jpg": True,
        "a.pdf": True,
        "b.pdf": False,
    }
    (oddity,) = listing.oddities
    assert oddity.path == "a.toml"
    assert oddity.reason == (
        "It may belong to a.jpg or to a.pdf, and is left alone; a.jpg and a.pdf wait for it."
    )
    assert "a.jpg.toml" in oddity.hint


def test_a_document_is_held_by_a_sidecar_that_is_no_file(root: Path) -> None:
    (root / "a.pdf").touch()
    os.mkfifo(root / "a.toml")
    (root / "b.toml").symlink_to("a.pdf")

    listing = list_inbox(root, RULES)

    assert [entry.held for entry in listing.entries] == [True]
    assert {oddity.path: oddity.reason for oddity in listing.oddities} == {
        "a.toml": "It is a named pipe, and is left alone; a.pdf waits for it."
    }
