"""What Kanbert is asked to create for a document."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe import EInvoices, NamePattern, Rules
from ingestd.describe.embedded import Reading
from ingestd.describe.search import search
from ingestd.errors import Answer, Refused
from ingestd.intake import Content
from ingestd.model import Document
from ingestd.observe import open_log
from ingestd.request import Request, request_for, what_to_correct
from tests.workbench import now


def document(name: str = "invoice.pdf") -> Document:
    claimed = Document.claimed("id-1", "scanner", "main", name, now())
    return replace(claimed, external_id="ingestd-1")


PDF = Content(b"%PDF-", md5="", sha256="", media_type="application/pdf")


def requested(name: str, rules: Rules, *, origin: str = "") -> Request:
    return request_for(document(name), PDF, rules, origin, open_log(io.StringIO()))


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


def test_a_name_says_more_of_a_document_than_its_inbox_and_its_folders() -> None:
    fields = {"invoice_number": "1", "tags": ["scanner"], "notes": "n"}
    rules = Rules(fields, True, by("(?P<invoice_number>.+)_(?P<tags>.+)"))

    request = requested("ACME/R-17_paper.pdf", rules)

    assert request.create.invoice_number == "R-17"
    assert request.create.tags == ["scanner", "ACME", "paper"]
    assert request.of_settings == {"notes"}


@pytest.mark.parametrize(
    ("expression", "name", "told"),
    [
        ("^R(?P<invoice_number>.+)", "letter.pdf", {"text": "letter.pdf"}),
        ("(?P<due_date>.+)", "32.13.2026.pdf", {"field": "due_date", "text": "32.13.2026"}),
        ("(?P<net_value>.+)", "9" * 16 + ".pdf", {"field": "net_value", "text": "9" * 16}),
    ],
    ids=["no match", "cannot be read", "kanbert would refuse it"],
)
def test_what_a_name_should_have_said_is_told(
    expression: str, name: str, told: dict[str, str]
) -> None:
    log = io.StringIO()

    request_for(document(name), PDF, Rules(pattern=by(expression)), "", open_log(log))

    event = json.loads(log.getvalue())
    expected = {"event": "document.undescribed", "level": "info", "source": "filename_pattern"}
    assert event.items() >= (expected | told).items()
    assert ("field" in event) == ("field" in told)


def test_it_is_told_once_however_often_it_is_tried() -> None:
    log, tried = io.StringIO(), replace(document("letter.pdf"), attempts=1)

    request_for(tried, PDF, Rules(pattern=by("^R(?P<title>.+)")), "", open_log(log))

    assert log.getvalue() == ""


def test_an_earlier_source_stays_where_a_later_one_is_no_use() -> None:
    rules = Rules({"net_value": "12.00"}, pattern=by("(?P<net_value>.+)"))

    assert sent("9" * 16 + ".pdf", rules)["net_value"] == 12


def holding(reading: Reading, beside: Reading = Reading()) -> EInvoices:  # noqa: B008 - frozen
    return EInvoices(lambda _: reading, lambda _: beside)


SAID = Reading("XRechnung", "a.xml", {"title": "ACME", "invoice_number": "17"}, complete=True)


def test_what_an_invoice_says_of_itself_wins_over_its_name() -> None:
    rules = Rules(pattern=by("(?P<title>.+)"), einvoices=holding(SAID))

    create = requested("letter.pdf", rules).create

    assert (create.title, create.invoice_number) == ("ACME", "17")


def test_an_e_invoice_beside_a_document_wins_over_the_one_inside() -> None:
    rules = Rules(einvoices=holding(SAID, Reading("XRechnung", fields={"title": "ACME Ltd"})))
    log, beside = open_log(io.StringIO()), {"letter.xml": b"<Invoice/>"}

    create = request_for(document(), PDF, rules, "", log, einvoices=beside).create

    assert (create.title, create.invoice_number) == ("ACME Ltd", "17")


def test_what_is_odd_about_an_e_invoice_is_a_warning() -> None:
    log, odd = io.StringIO(), Reading("XRechnung", "a.xml", {}, warnings=("Two due dates.",))

    request_for(document(), PDF, Rules(einvoices=holding(odd)), "", open_log(log))

    event = json.loads(log.getvalue())
    expected = {"event": "document.undescribed", "level": "warning", "source": "e-invoice"}
    assert event.items() >= (expected | {"text": "a.xml", "reason": "Two due dates."}).items()


def test_an_e_invoice_that_kanbert_would_not_take_gives_the_rest_of_its_fields() -> None:
    said = Reading("XRechnung", fields={"due_date": "soon", "invoice_number": "17"})

    changes = sent("invoice.pdf", Rules(einvoices=holding(said)))

    assert changes["invoice_number"] == "17"
    assert "due_date" not in changes


@pytest.mark.parametrize(
    ("fields", "begins"),
    [
        ({}, ""),
        ({"supplier_id": ["is unknown"]}, "Correct supplier_id where that comes from"),
        (
            {"vats.0.vat": ["?"], "vats.1.vat": ["?"], "tags.0": ["?"]},
            "Correct tags and vats where",
        ),
    ],
    ids=["none named", "one", "within others"],
)
def test_what_kanbert_refuses_is_named_with_where_it_may_come_from(
    fields: dict[str, list[str]], begins: str
) -> None:
    advice = what_to_correct(Refused("No.", answer=Answer(422, fields=fields)))

    assert advice.startswith(begins)
    assert bool(advice) == bool(begins)


TEXT_FIELDS = "(?P<notes>.*?)(?P<invoice_number>.)(?P<net_value>[0-9]*)(?P<tags>.*)"


@given(st.text(min_size=1, max_size=300) | st.from_regex("x[0-9]{1,60}"))
def test_every_name_gives_fields_that_kanbert_takes(name: str) -> None:
    rules = Rules(folders_are_tags=True, pattern=by(TEXT_FIELDS))

    assert sent(name, rules)["external_id"] == "ingestd-1"


def by(expression: str) -> NamePattern:
    return NamePattern(expression, search)
