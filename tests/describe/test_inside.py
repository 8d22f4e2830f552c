from __future__ import annotations

import pytest

from ingestd.describe import EInvoices, Known
from ingestd.describe.embedded import Reading

PDF = "application/pdf"
COMPLETE = Reading("Factur-X", "factur-x.xml", {"invoice_number": "17"}, complete=True)
IN_PART = Reading("Factur-X", "factur-x.xml", {"invoice_number": "17"})
FIELDS = {"invoice_number": "17"}


def inside(reading: Reading, media_type: str = PDF, *, skip_ocr: bool = False) -> Known:
    return EInvoices(lambda _: reading, nothing, skip_ocr=skip_ocr).inside(b"", media_type)


def nothing(_: bytes) -> Reading:
    return Reading()


@pytest.mark.parametrize(
    ("reading", "skip_ocr", "fields"),
    [
        (COMPLETE, False, FIELDS),
        (COMPLETE, True, {**FIELDS, "file_was_preprocessed": True}),
        (IN_PART, True, FIELDS),
        (Reading(), True, {}),
    ],
    ids=["asked for fields alone", "complete", "not complete", "no e-invoice"],
)
def test_ocr_is_skipped_only_where_that_is_asked_for_and_all_was_read(
    reading: Reading, skip_ocr: bool, fields: dict[str, object]
) -> None:
    assert inside(reading, skip_ocr=skip_ocr).fields == fields


def test_an_image_is_not_looked_into() -> None:
    assert inside(COMPLETE, "image/jpeg").fields == {}


def test_why_nothing_was_read_is_told() -> None:
    (unread,) = inside(Reading(why="It took longer than 10 s.")).unread

    assert unread.why == "It took longer than 10 s."


def test_a_document_without_an_e_invoice_is_nothing_to_tell_of() -> None:
    assert inside(Reading()).unread == ()


@pytest.mark.parametrize("reading", [Reading("XRechnung", warnings=("Odd.",)), Reading(why="Odd.")])
def test_of_an_e_invoice_beside_a_document_its_file_is_named(reading: Reading) -> None:
    (unread,) = EInvoices(nothing, lambda _: reading).beside("letter.xml", b"").unread

    assert (unread.text, unread.why) == ("letter.xml", "Odd.")
