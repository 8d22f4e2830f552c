from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe import describe
from ingestd.kanbert import CreateInvoice


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("invoice.pdf", "invoice"),
        ("ACME/May/invoice.pdf", "invoice"),
        ("ACME_invoice__7.pdf", "ACME invoice 7"),
        ("  ACME \t invoice .pdf", "ACME invoice"),
        ("invoice.2026.pdf", "invoice.2026"),
        ("Rechnung für März.pdf", "Rechnung für März"),
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
    assert describe(name, {}) == {"title": title}


@pytest.mark.parametrize("name", ["___.pdf", " .pdf", "\udce9.pdf", "\u202e.pdf"])
def test_a_name_with_nothing_to_read_gives_no_title(name: str) -> None:
    assert describe(name, {}) == {}


def test_the_inboxes_own_fields_win_over_the_name() -> None:
    fields = {"title": "Scanned", "tags": ["scanner"]}

    assert describe("invoice.pdf", fields) == {"title": "Scanned", "tags": ["scanner"]}


def test_the_inboxes_own_fields_join_the_title() -> None:
    assert describe("invoice.pdf", {"type": "Credit"}) == {"title": "invoice", "type": "Credit"}


def test_the_inboxes_own_fields_stay_as_they_are() -> None:
    fields: dict[str, object] = {}

    describe("invoice.pdf", fields)

    assert fields == {}


@given(st.text(min_size=1, max_size=300))
def test_every_name_gives_fields_that_kanbert_takes(name: str) -> None:
    CreateInvoice(**describe(name, {}))
