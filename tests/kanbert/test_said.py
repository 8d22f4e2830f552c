"""What is taken from an error's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingestd.kanbert.reply import Reply
from ingestd.kanbert.said import answer_of, clean, retry_after
from tests.kanbert.doubles import NOON


def said(body: Any, status: int = 422, headers: dict[str, str] | None = None) -> Any:
    reply = Reply(status, headers or {}, json.dumps(body).encode())
    return answer_of(reply, now=NOON)


def test_laravels_errors_are_read() -> None:
    answer = said({"message": "No.", "errors": {"vats.0.vat": ["must be a number", "x"]}})

    assert answer.message == "No."
    assert answer.fields == {"vats.0.vat": ("must be a number", "x")}


@pytest.mark.parametrize(
    "body",
    [[], "x", 1, None, {"message": {}, "errors": []}, {"errors": "x"}, {"message": None}],
)
def test_errors_of_another_shape_say_nothing(body: Any) -> None:
    answer = said(body)

    assert (answer.message, dict(answer.fields)) == ("", {})


def test_a_field_error_without_a_list_is_read() -> None:
    assert said({"errors": {"title": "too long", "x": [1]}}).fields == {
        "title": ("too long",),
        "x": ("",),
    }


def test_a_success_says_nothing() -> None:
    assert said({"message": "fine"}, status=200).message == ""


@pytest.mark.parametrize("name", ["x-request-id", "request-id", "x-correlation-id", "cf-ray"])
def test_the_requests_id_is_found(name: str) -> None:
    assert said({}, headers={name: "r-1"}).request_id == "r-1"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb", "a b"),
        ("\x1b[31mred\x07", "[31mred"),
        ("gpj.\u202efdp", "gpj. fdp"),
        ("\ud800x", "x"),
        ("x" * 600, "x" * 499 + "…"),
        (None, ""),
        (3, ""),
    ],
)
def test_a_servers_text_is_fit_for_a_line_of_a_log(text: object, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_endless_field_errors_are_cut_short() -> None:
    answer = said({"errors": {f"f{i}": ["x"] * 100 for i in range(100)}})

    assert len(answer.fields) == 50
    assert len(answer.fields["f0"]) == 50


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "86400"}, 900.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Mon, 15 Jan 2024 12:01:00 GMT"}, 60.0),
        ({"retry-after": "Mon, 15 Jan 2024 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 15 Jan 2024 12:01:00 -0000"}, 60.0),
        (
            {
                "retry-after": "Tue, 16 Jan 2024 00:00:30 GMT",
                "date": "Tue, 16 Jan 2024 00:00:00 GMT",
            },
            30.0,
        ),
        ({"retry-after": "Mon, 99 Jan 2024 12:01:00 GMT"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=NOON) == seconds
