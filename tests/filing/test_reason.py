from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.filing import reason_text
from ingestd.model import Document, State

WHEN = datetime(2026, 5, 4, 14, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
DOCUMENT = Document(
    id="id-1",
    inbox="scanner",
    account="main",
    name="ACME/letter.pdf",
    state=State.FAILED,
    claimed_at=datetime(2026, 5, 4, 12, tzinfo=UTC),
    updated_at=datetime(2026, 5, 4, 12, tzinfo=UTC),
    size=1234,
    md5="d41d8cd98f00b204e9800998ecf8427e",
    reason="Kanbert refused it: supplier_id is unknown.",
    advice="Correct [inboxes.scanner.fields] supplier_id.",
)
KEYS = ["document", "inbox", "time", "size", "md5", "id"]

forging = pytest.mark.parametrize(
    "text",
    [
        "a\nmd5: forged",
        "a\r\nmd5: forged",
        "a\vmd5: forged",
        "a\x85md5: forged",
        "a\u2028md5: forged",
        "a\x1b[2Kmd5: forged",
        "a\x00md5: forged",
        "a\u202emd5: forged",
        "a\udce9md5: forged",
    ],
    ids=ascii,
)


def test_a_reason_is_a_sentence_what_to_do_an_empty_line_and_facts() -> None:
    assert reason_text(DOCUMENT, WHEN).splitlines() == [
        "Kanbert refused it: supplier_id is unknown.",
        "Correct [inboxes.scanner.fields] supplier_id.",
        "",
        "document: ACME/letter.pdf",
        "inbox: scanner",
        "time: 2026-05-04T14:30:15+02:00",
        "size: 1234",
        "md5: d41d8cd98f00b204e9800998ecf8427e",
        "id: id-1",
    ]


def test_there_is_always_something_to_do() -> None:
    lines = reason_text(replace(DOCUMENT, advice=""), WHEN).splitlines()

    assert lines[1] == "Correct it and drop it into the inbox again."


def test_a_fact_that_is_not_known_has_no_line() -> None:
    text = reason_text(replace(DOCUMENT, size=None, md5=""), WHEN)

    assert "size:" not in text
    assert "md5:" not in text


def test_an_empty_file_has_a_size() -> None:
    assert "size: 0\n" in reason_text(replace(DOCUMENT, size=0), WHEN)


@forging
@pytest.mark.parametrize("part", ["name", "reason", "advice"])
def test_nothing_that_is_quoted_begins_a_line_of_its_own(part: str, text: str) -> None:
    quoting: dict[str, Any] = {part: text}

    lines = reason_text(replace(DOCUMENT, **quoting), WHEN).splitlines()

    assert [line for line in lines if line.startswith("md5:")] == [f"md5: {DOCUMENT.md5}"]
    assert len(lines) == 9


@given(name=st.text(), reason=st.text(), advice=st.text(min_size=1))
def test_a_reason_has_the_same_lines_whatever_is_in_them(
    name: str, reason: str, advice: str
) -> None:
    document = replace(DOCUMENT, name=name or "x", reason=reason, advice=advice)

    lines = reason_text(document, WHEN).splitlines()

    assert lines[2] == ""
    assert [line.split(":")[0] for line in lines[3:]] == KEYS
    assert all(line.isprintable() for line in lines)
