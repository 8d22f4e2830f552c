from __future__ import annotations

import pytest

from ingestd.describe.wording import tags_of, title_of, wording


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("invoice.pdf", "invoice"),
        ("ACME/May/invoice.pdf", "invoice"),
        ("ACME_invoice__7.pdf", "ACME invoice 7"),
        ("2026-05-04_ACME_GmbH__Rechnung-17 (2).pdf", "2026-05-04 ACME GmbH Rechnung-17 (2)"),
        ("  ACME \t invoice .pdf", "ACME invoice"),
        ("invoice.2026.pdf", "invoice.2026"),
        ("Rechnung für März.pdf", "Rechnung für März"),
        ("Ma\u0308rz.pdf", "März"),
        ("Strom 💡.pdf", "Strom 💡"),
        ("\u200fקבלה\u200f 17.pdf", "קבלה 17"),
        ("a\nb\x1b[1m\u202ec.pdf", "a b [1m c"),
        ("r\udce9sum\udce9.pdf", "r sum"),
        ("invoice", "invoice"),
        ("x" * 251 + ".pdf", "x" * 251),
        ("€" * 84 + ".pdf", "€" * 84),
        ("x" * 300 + ".pdf", "x" * 255),
        ("x" * 254 + " y.pdf", "x" * 254),
    ],
)
def test_the_title_is_the_name_as_people_would_write_it(name: str, title: str) -> None:
    assert title_of(name) == title


@pytest.mark.parametrize("name", ["___.pdf", " .pdf", "\udce9.pdf", "\u202e.pdf"])
def test_a_name_with_nothing_to_read_gives_no_title(name: str) -> None:
    assert title_of(name) == ""


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("invoice.pdf", []),
        ("ACME/invoice.pdf", ["ACME"]),
        ("2026/Büro und Post/invoice.pdf", ["2026", "Büro und Post"]),
        ("office_supplies/invoice.pdf", ["office_supplies"]),
        ("ACME/May/ACME/invoice.pdf", ["ACME", "May"]),
        ("Ma\u0308rz/März/invoice.pdf", ["März"]),
        (" a \x07 b /\u202e/invoice.pdf", ["a b"]),
        ("\udce9/invoice.pdf", []),
    ],
)
def test_the_folders_a_file_is_in_are_tags(name: str, tags: list[str]) -> None:
    assert tags_of(name) == tags


def test_what_cannot_be_printed_is_a_space() -> None:
    assert wording("\u200e R\u00ad17\n") == "R 17"
