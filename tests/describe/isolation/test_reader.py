from __future__ import annotations

import os
import signal
import threading

import pytest

from ingestd.describe.isolation import Reader, Reading
from tests.describe.isolation.ordered import order
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


def pid(reader: Reader) -> int:
    reading = reader.read(order("pid"), timeout=AMPLE)
    assert reading.kind == "order", reading.why
    return int(reading.fields["pid"])


def test_an_invoice_is_read(reader: Reader) -> None:
    reading = reader.read(order("pid"), timeout=AMPLE)

    assert (reading.kind, reading.attachment) == ("order", "factur-x.xml")
    assert reading.complete
    assert not reading.why


def test_one_process_reads_one_document_after_the_other(reader: Reader) -> None:
    assert pid(reader) == pid(reader) != os.getpid()


def test_a_scan_costs_no_process() -> None:
    reader = Reader(["/nowhere"])

    assert reader.read(pdf(CATALOG % b"", PAGES), timeout=AMPLE) == Reading()


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
        ("die", "it ended with signal 9"),
        ("crash", "it ended with signal 6"),
        ("leave", "it ended with status 7"),
        ("hang up", "it ended with status 1"),
        ("talk nonsense", "it answered nonsense (A message of 17"),
        ("answer itself", "it answered nonsense (no answer)"),
        ("allocate", "it needed more memory than it is given"),
    ],
)
def test_a_document_that_costs_the_process_says_so_and_the_next_is_read_by_another(
    reader: Reader, what: str, why: str
) -> None:
    before = pid(reader)

    reading = reader.read(order(what), timeout=AMPLE)

    assert reading.why.startswith(f"The process that was to read it was lost: {why}")
    assert pid(reader) != before


def test_a_document_that_never_ends_is_given_up_in_time(reader: Reader) -> None:
    reading = reader.read(order("hang"), timeout=0.1)

    assert reading.why == "The process that was to read it was lost: it took longer than 0.1 s."
    assert pid(reader)


def test_a_process_that_grew_is_replaced(reader: Reader) -> None:
    grown = reader.read(order("grow"), timeout=AMPLE).fields["pid"]

    assert pid(reader) != grown


def test_a_process_that_died_between_documents_costs_none_of_them(reader: Reader) -> None:
    before = pid(reader)
    gone = os.pidfd_open(before)
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PIDFD, gone, os.WEXITED | os.WNOWAIT)
    os.close(gone)

    assert pid(reader) != before


def test_what_is_printed_disturbs_nobody(reader: Reader, capfd: pytest.CaptureFixture[str]) -> None:
    assert reader.read(order("print"), timeout=AMPLE).fields == {"pid": pid(reader)}
    assert capfd.readouterr() == ("", "")


def test_half_a_character_is_replaced_by_one_that_can_be_sent(reader: Reader) -> None:
    assert reader.read(order("halve"), timeout=AMPLE).fields == {"title": "half of ?"}


def test_threads_take_turns(reader: Reader) -> None:
    together, found = threading.Barrier(8), set[int]()

    def read() -> None:
        together.wait()
        found.add(pid(reader))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {pid(reader)}
