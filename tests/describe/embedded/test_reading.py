from __future__ import annotations

import json

import pytest

from ingestd.describe.embedded.reading import Reading, reading_of

ANSWER = {
    "kind": "Factur-X",
    "attachment": "factur-x.xml",
    "fields": {"invoice_number": "R-1"},
    "warnings": ["odd"],
    "complete": True,
}


def test_an_answer_is_understood() -> None:
    expected = Reading(
        "Factur-X", "factur-x.xml", {"invoice_number": "R-1"}, ("odd",), complete=True
    )

    assert reading_of(json.dumps(ANSWER).encode()) == expected


def test_a_why_is_cut_to_what_fits_a_line() -> None:
    reading = reading_of(json.dumps({"why": "x" * 10_000}).encode())

    assert reading.why == "x" * 499 + "…"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage",
        b"\xff\xfe\xfd",
        b"null",
        b"[]",
        b"{}",
        b'{"why": 1}',
        b"[" * 200_000,
        b"9" * 100_000,
        *(json.dumps({**ANSWER, key: None}).encode() for key in ANSWER),
        json.dumps({**ANSWER, "kind": ""}).encode(),
        json.dumps({**ANSWER, "warnings": ["odd", 1]}).encode(),
    ],
)
def test_anything_else_is_no_answer(answer: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        reading_of(answer)
