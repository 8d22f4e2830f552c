"""What Kanbert is asked to create for a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe import Rules
from ingestd.model import Document
from ingestd.request import Request, request_for
from tests.workbench import now


def document(name: str = "invoice.pdf") -> Document:
    claimed = Document.claimed("id-1", "scanner", "main", name, now())
    return replace(claimed, external_id="ingestd-1")


def requested(name: str, rules: Rules, *, origin: str = "") -> Request:
    return request_for(document(name), rules, origin)


def sent(name: str, rules: Rules, *, origin: str = "") -> dict[str, Any]:
    return requested(name, rules, origin=origin).create.changes()


def test_it_is_known_by_the_documents_external_id() -> None:
    assert sent("invoice.pdf", Rules())["external_id"] == "ingestd-1"


@pytest.mark.parametrize(
    ("fields", "origin"), [({}, "ingestd"), ({"external_origin": "mail"}, "mail")]
)
def test_where_it_comes_from_is_the_accounts_word_unless_the_inbox_has_its_own(
    fields: dict[str, str], origin: str
) -> None:
    assert sent("invoice.pdf", Rules(fields), origin="ingestd")["external_origin"] == origin


def test_kanbert_says_itself_where_it_comes_from_if_nobody_else_does() -> None:
    assert "external_origin" not in sent("invoice.pdf", Rules())


def test_what_is_sent_as_the_settings_have_it_is_known() -> None:
    rules = Rules({"supplier_id": 7, "tags": ["a", "a"]})

    assert requested("invoice.pdf", rules).of_settings == {"supplier_id", "tags"}


def test_tags_that_a_folder_adds_to_are_not_the_settings_alone() -> None:
    rules = Rules({"supplier_id": 7, "tags": ["a"]}, folders_are_tags=True)

    assert requested("ACME/invoice.pdf", rules).of_settings == {"supplier_id"}


@given(st.text(min_size=1, max_size=300))
def test_every_name_gives_fields_that_kanbert_takes(name: str) -> None:
    assert sent(name, Rules(folders_are_tags=True))["external_id"] == "ingestd-1"
