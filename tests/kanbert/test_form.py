"""How requests look on the wire."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.kanbert import CreateInvoice, UpdateInvoice, VatLine
from ingestd.kanbert.form import FilePart, document_name, form_fields, json_body, multipart

PDF = b"%PDF-1.7 \r\n--mark-- %%EOF"


def encode(invoice: CreateInvoice, file: FilePart | None = None) -> bytes:
    return b"".join(multipart(form_fields(invoice.changes()), file, boundary="mark"))


def test_lists_booleans_null_and_amounts_take_laravels_forms() -> None:
    invoice = CreateInvoice(
        title=None,
        file_was_preprocessed=True,
        net_value=Decimal("1E+2"),
        date_of_invoice=datetime(2024, 1, 15, tzinfo=UTC),
        tags=["a", "b"],
        vats=[VatLine(vat=Decimal(20), value=Decimal("0.10"))],
    )

    assert dict(form_fields(invoice.changes())) == {
        "title": "",
        "file_was_preprocessed": "1",
        "net_value": "100",
        "date_of_invoice": "2024-01-15T00:00:00Z",
        "tags[0]": "a",
        "tags[1]": "b",
        "vats[0][vat]": "20",
        "vats[0][value]": "0.10",
    }


def test_false_is_zero() -> None:
    assert dict(form_fields({"file_was_preprocessed": False})) == {"file_was_preprocessed": "0"}


def test_a_form_says_what_it_was_given() -> None:
    body = encode(CreateInvoice(title="Büro & Co.\r\n"), FilePart(PDF, "R 17.pdf"))

    assert body == (
        b'--mark\r\nContent-Disposition: form-data; name="title"\r\n\r\nB\xc3\xbcro & Co.\r\n\r\n'
        b'--mark\r\nContent-Disposition: form-data; name="file"; filename="R 17.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--mark--\r\n"
    )


def test_the_documents_bytes_are_not_copied() -> None:
    chunks = multipart(iter(()), FilePart(PDF, "x.pdf"), boundary="mark")

    assert any(chunk is PDF for chunk in chunks)


def test_an_empty_form_is_a_form() -> None:
    assert encode(CreateInvoice()) == b"--mark--\r\n"


@pytest.mark.parametrize(
    ("content", "media_type", "announced"),
    [
        (b"%PDF-1.4", "", b"application/pdf"),
        (b"\xff\xd8\xff\xe0", "", b"image/jpeg"),
        (b"\x89PNG\r\n", "", b"image/png"),
        (b"II*\x00", "", b"image/tiff"),
        (b"hello", "", b"application/octet-stream"),
        (b"hello", "image/tiff", b"image/tiff"),
        (b"hello", "image/tiff\r\nX: y", b"application/octet-stream"),
    ],
)
def test_the_media_type_is_the_given_one_or_that_of_the_content(
    content: bytes, media_type: str, announced: bytes
) -> None:
    body = encode(CreateInvoice(), FilePart(content, "x", media_type))

    assert b"\r\nContent-Type: " + announced + b"\r\n\r\n" in body


@pytest.mark.parametrize(
    ("name", "announced"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Übersicht März.pdf", "Übersicht März.pdf"),
        ("חשבונית.pdf", "חשבונית.pdf"),
        ('a"b.pdf', "a_b.pdf"),
        ("a%22b.pdf", "a_22b.pdf"),
        ("a\\b.pdf", "b.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nX-Evil: 1.pdf", "a__X-Evil_ 1.pdf"),
        ("Rechnung \udce4.pdf", "Rechnung _.pdf"),
        ("gpj.\u202efdp.pdf", "gpj._fdp.pdf"),
        ("a\x00.pdf", "a_.pdf"),
        ("a\u2028b.pdf", "a_b.pdf"),
        ("", "document"),
        (".pdf", "pdf"),
        ("...", "document"),
        ("/", "document"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("ä" * 200 + ".pdf", "ä" * 73 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 148),
        ("u\u0308.pdf", "ü.pdf"),
    ],
)
def test_a_documents_name_is_recognisable_and_harmless(name: str, announced: str) -> None:
    assert document_name(name) == announced


@given(
    st.text(st.characters()) | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
def test_no_name_can_say_anything_but_a_name(name: str) -> None:
    announced = document_name(name)

    assert announced
    assert len(announced.encode()) <= 150
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in announced)
    assert not set(announced) & set('"\\/%')


@given(st.text(st.characters()))
def test_a_name_stays_within_its_quotes(name: str) -> None:
    (head, content, end) = multipart(iter(()), FilePart(PDF, name), boundary="mark")

    found = re.fullmatch(
        rb'--mark\r\nContent-Disposition: form-data; name="file"; filename="([^"\\\r\n]+)"\r\n'
        rb"Content-Type: application/pdf\r\n\r\n",
        head,
    )
    assert found
    assert found[1].decode() == document_name(name)
    assert (content, end) == (PDF, b"\r\n--mark--\r\n")


@given(st.text(st.characters(codec="utf-8")))
def test_a_value_cannot_end_its_part(value: str) -> None:
    (head, end) = multipart(iter([("title", value), ("notes", "n")]), None, boundary="0f" * 16)

    assert head.count(b"--" + b"0f" * 16) == 2
    assert f'name="title"\r\n\r\n{value}\r\n--'.encode() in head
    assert end == b"--" + b"0f" * 16 + b"--\r\n"


def test_a_json_body_has_every_digit_of_an_amount() -> None:
    changes = UpdateInvoice(
        title='"Büro"\n',
        notes=None,
        net_value=Decimal("100000000.10"),
        tags=["a"],
        vats=[VatLine(vat=Decimal("1E+1"), value=Decimal("0.10"))],
        due_date=datetime(2024, 2, 14, tzinfo=UTC),
    )

    body = json_body(changes.changes())

    assert b'"net_value":100000000.10' in body
    read: dict[str, Any] = json.loads(body, parse_float=Decimal)
    assert read == {
        "title": '"Büro"\n',
        "notes": None,
        "net_value": Decimal("100000000.10"),
        "tags": ["a"],
        "vats": [{"vat": 10, "value": Decimal("0.10")}],
        "due_date": "2024-02-14T00:00:00Z",
    }


def test_no_changes_are_an_empty_object() -> None:
    assert json_body({}) == b"{}"
