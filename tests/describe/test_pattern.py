from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe import NamePattern, Unread
from ingestd.describe.apart import TookTooLong
from ingestd.describe.search import Found, search

DATE_AND_NUMBER = r"^(?P<date_of_invoice>[\d.-]+)_(?P<invoice_number>[^_]+)"
AMOUNT = r"(?P<net_value>\d[\d.,]*)"


def fields(expression: str, name: str) -> dict[str, Any]:
    return dict(NamePattern(expression, search).read(name).fields)


def unread(expression: str, name: str) -> tuple[Unread, ...]:
    return NamePattern(expression, search).read(name).unread


@pytest.mark.parametrize(
    ("expression", "name", "expected"),
    [
        (
            DATE_AND_NUMBER,
            "04.05.2026_R-17_ACME.pdf",
            {"date_of_invoice": date(2026, 5, 4), "invoice_number": "R-17"},
        ),
        ("_(?P<title>.+)", "17_ACME_GmbH.pdf", {"title": "ACME GmbH"}),
        (r"_(?P<title>.+)\.pdf$", "17_ACME.pdf", {"title": "ACME"}),
        (r"^(?P<title>.+)\.pdf$", "a.pdf.pdf", {"title": "a"}),
        ("^(?P<title>.+)$", "2026/ACME.pdf", {"title": "ACME"}),
        ("(?P<tags>.+)_(?P<type>.+)", "a,b_credit.pdf", {"tags": ["a", "b"], "type": "Credit"}),
        (f"{AMOUNT} EUR", "ACME 1.234,56 EUR.pdf", {"net_value": Decimal("1234.56")}),
        ("(?P<notes>März)", "Ma\u0308rz.pdf", {"notes": "März"}),
        (r"(?P<date_of_invoice>\d{8})\d{6}", "20260504153000.pdf",
         {"date_of_invoice": date(2026, 5, 4)}),
    ],
)  # fmt: skip
def test_named_groups_are_fields(expression: str, name: str, expected: dict[str, Any]) -> None:
    assert fields(expression, name) == expected


def test_a_name_that_does_not_match_says_nothing_but_that() -> None:
    known = NamePattern(DATE_AND_NUMBER, search).read("ACME/letter.pdf")

    assert (known.fields, known.unread) == ({}, (Unread("", "letter.pdf", "does not match"),))


@pytest.mark.parametrize("name", ["R17.pdf", "R17_.pdf", "R17_  .pdf"])
def test_a_group_that_has_nothing_in_it_says_nothing(name: str) -> None:
    optional = r"^(?P<invoice_number>R\d+)(?:_(?P<due_date>.*))?$"
    known = NamePattern(optional, search).read(name)

    assert (known.fields, known.unread) == ({"invoice_number": "R17"}, ())


@pytest.mark.parametrize(
    ("field", "name"),
    [("title", "___.pdf"), ("title", "\udce9.pdf"), ("tags", ",;.pdf"), ("notes", "\u202e.pdf")],
)
def test_a_text_with_nothing_to_read_says_nothing(field: str, name: str) -> None:
    assert fields(f"(?P<{field}>.+)", name) == {}


def test_what_cannot_be_read_is_told_and_the_rest_is_kept() -> None:
    known = NamePattern(DATE_AND_NUMBER, search).read("32.13.2026_R-17.pdf")

    assert known.fields == {"invoice_number": "R-17"}
    assert [(one.field, one.text) for one in known.unread] == [("date_of_invoice", "32.13.2026")]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        (r"(?P<net_value>\d+)", "1234,56.pdf"),
        (r"(?P<net_value>\d+[.,]\d\d)", "1.234,56.pdf"),
        (r"(?P<vat_value>\d+,\d\d)$", "1.234,56.pdf"),
    ],
)
def test_a_piece_of_an_amount_is_no_amount(expression: str, name: str) -> None:
    assert fields(expression, name) == {}
    assert [one.why for one in unread(expression, name)] == ["is a part of a longer number"]


def test_a_piece_of_a_number_may_be_anything_else() -> None:
    assert fields(r"(?P<invoice_number>\d{4})", "20261.pdf") == {"invoice_number": "2026"}


def test_a_search_that_takes_too_long_says_nothing_but_that() -> None:
    def never(_expression: str, _texts: Sequence[str]) -> Found | None:
        raise TookTooLong

    known = NamePattern("(?P<title>.+)", never).read("a.pdf")

    assert (known.fields, known.unread) == ({}, (Unread("", "a.pdf", "takes too long to search"),))


EVERYTHING = (
    r"(?P<title>.)(?P<tags>.)?(?P<notes>.*?)(?P<net_value>[-\d., ]*)(?P<due_date>[-\d.]*)"
    r"(?P<type>\w*)(?P<vats>[\d=+,.]*)(?P<supplier_id>.*)"
)


@given(st.text(min_size=1, max_size=300))
def test_no_name_makes_it_fail(name: str) -> None:
    known = NamePattern(EVERYTHING, search).read(name)

    assert known.source == "filename_pattern"
