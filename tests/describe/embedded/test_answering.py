from __future__ import annotations

import json
from typing import Any

import pytest

from ingestd.describe.embedded.answering import Mapper, answer_to, answer_to_xml
from tests.describe.embedded import ordered
from tests.describe.pdfs import with_files

GOOD = b"<order>pid</order>"
BAD = b"<order>raise</order>"
NONE = b"<letter/>"
MAPPER = Mapper.of(ordered.MODULE)


def answer(*files: tuple[str, str, bytes]) -> Any:
    return json.loads(answer_to(with_files(*files), MAPPER))


@pytest.mark.parametrize("first", [NONE, BAD, b"garbage", b""])
def test_the_first_that_is_an_invoice_is_taken(first: bytes) -> None:
    found = answer(
        ("factur-x.xml", "Data", first), ("other.xml", "", GOOD), ("third.xml", "", GOOD)
    )

    assert (found["attachment"], found["kind"]) == ("other.xml", "order")


def test_why_none_of_them_is_one_is_said_of_each() -> None:
    assert answer(("factur-x.xml", "Data", BAD), ("other.xml", "", NONE)) == {
        "why": "factur-x.xml: KeyError: 'invoice'; other.xml: It is no order."
    }


def test_what_is_neither_called_so_nor_looks_like_xml_is_not_read() -> None:
    assert answer(("hours.xlsx", "Data", b"PK <order>pid</order>")) == {"why": ""}


def test_what_is_called_so_is_read_whatever_it_looks_like() -> None:
    assert answer(("factur-x.xml", "Data", b"PK <order>pid</order>"))["kind"] == "order"


@pytest.mark.parametrize("error", [MemoryError, ImportError])
def test_what_no_other_attachment_could_mend_ends_it(error: type[Exception]) -> None:
    def fail(_: bytes) -> ordered.EInvoice:
        raise error

    with pytest.raises(error):
        answer_to(with_files(("factur-x.xml", "Data", GOOD)), Mapper(fail, KeyError))


@pytest.mark.parametrize(
    ("xml", "answered"),
    [(NONE, "It is no order."), (BAD, "KeyError: 'invoice'")],
    ids=["no invoice", "hostile"],
)
def test_why_an_xml_by_itself_is_none_is_said(xml: bytes, answered: str) -> None:
    assert json.loads(answer_to_xml(xml, MAPPER)) == {"why": answered}


@pytest.mark.parametrize("error", [MemoryError, ImportError])
def test_what_no_other_xml_could_mend_ends_it(error: type[Exception]) -> None:
    def fail(_: bytes) -> ordered.EInvoice:
        raise error

    with pytest.raises(error):
        answer_to_xml(GOOD, Mapper(fail, KeyError))
