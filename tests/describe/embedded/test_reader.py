from __future__ import annotations

import os

import pytest

from ingestd.describe.embedded import Reader, Reading
from ingestd.describe.embedded.reading import reading_of
from ingestd.isolation import Isolated, Limits
from tests.describe.embedded.ordered import MODULE, order
from tests.describe.pdfs import (
    CATALOG,
    PAGES,
    bomb,
    in_object_stream,
    pdf,
    specification,
    with_files,
)

AMPLE = 60.0  # seconds: reached only where something hangs that must not
NEVER = "No process that reads e-invoices can be started: "


def pid(reader: Reader) -> int:
    reading = reader.read(order("pid"), timeout=AMPLE)
    assert reading.kind == "order", reading.why
    return int(reading.fields["pid"])


def test_an_invoice_is_read(reader: Reader) -> None:
    reading = reader.read(order("pid"), timeout=AMPLE)

    assert (reading.kind, reading.attachment) == ("order", "factur-x.xml")
    assert reading.complete
    assert not reading.why


def test_an_invoice_by_itself_is_read(reader: Reader) -> None:
    reading = reader.read_xml(b"<order>pid</order>", timeout=AMPLE)

    assert reading.kind == "order", reading.why


def test_one_process_reads_one_document_after_the_other(reader: Reader) -> None:
    assert pid(reader) == pid(reader) != os.getpid()


def test_a_scan_costs_no_process() -> None:
    limits = Limits(memory=0, grown=0, longest=0, processor=0)
    nowhere = Isolated("reads", ["/nowhere"], understand=reading_of, limits=limits)

    assert Reader(nowhere).read(pdf(CATALOG % b"", PAGES), timeout=AMPLE) == Reading()


@pytest.mark.parametrize(
    "document",
    [in_object_stream(), with_files(("notes.txt", "", b"nothing"))],
    ids=["another's XML", "no XML"],
)
def test_a_document_without_an_invoice_says_nothing_of_one(reader: Reader, document: bytes) -> None:
    assert reader.read(document, timeout=AMPLE).kind == ""


BOMB = pdf(CATALOG % b"/AF[3 0 R]", PAGES, specification(b"factur-x.xml", 4), bomb())


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"%PDF-1.7 /EF<<", "PdfStreamError: Stream has ended unexpectedly"),
        (BOMB, "factur-x.xml: LimitReachedError"),
        (order("raise"), "factur-x.xml: KeyError: 'invoice'"),
        (order("boast"), "factur-x.xml: ValueError: What was read of it takes 1000106"),
        (order("lie"), "factur-x.xml: ValueError: Out of range float values"),
        (order("smuggle"), "factur-x.xml: TypeError: Object of type lock"),
    ],
    ids=["broken", "bomb", "raise", "boast", "lie", "smuggle"],
)
def test_a_document_that_cannot_be_read_says_why_and_costs_no_process(
    reader: Reader, document: bytes, why: str
) -> None:
    before = pid(reader)

    assert reader.read(document, timeout=AMPLE).why.startswith(why)
    assert pid(reader) == before


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("allocate", "it needed more memory than it is given"),
        ("answer itself", "it answered nonsense (no answer)"),
    ],
)
def test_a_document_that_costs_the_process_says_so_and_the_next_is_read(
    reader: Reader, what: str, why: str
) -> None:
    reading = reader.read(order(what), timeout=AMPLE)

    assert reading.why == f"The process that reads e-invoices was lost: {why}."
    assert pid(reader)


def test_a_missing_extra_is_named() -> None:
    reader = Reader.reading_with("tests.describe.embedded.missing_lxml")

    assert reader.read(order("pid"), timeout=AMPLE).why == (
        f"{NEVER}ModuleNotFoundError: No module named 'lxml_that_is_not_here'; "
        "install ingestd[einvoice]."
    )


def test_too_little_memory_to_read_anything_is_said_before_any_document() -> None:
    reader = Reader.reading_with(MODULE, memory=1 << 20)

    assert reader.read(order("pid"), timeout=AMPLE).why.startswith(f"{NEVER}MemoryError")


def test_half_a_character_is_replaced_by_one_that_can_be_sent(reader: Reader) -> None:
    assert reader.read(order("halve"), timeout=AMPLE).fields == {"title": "half of ?"}
