from __future__ import annotations

import pytest

from ingestd.spelling import did_you_mean, nearest

KNOWN = ["failed", "filed", "deliveredTo"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("faild", "failed"),
        ("fild", "filed"),
        ("FAILED", "failed"),
        ("deliverdto", "deliveredTo"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_known_word_is_found_whatever_its_case(word: str, meant: str) -> None:
    assert nearest(word, KNOWN) == meant


FIELDS = ["title", "type", "tags", "vats", "notes", "net_value", "due_date", "invoice_number"]
SETTINGS = ["path", "include", "order", "watch", "settle", "max_size", "sidecars", "url", "run"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("titel", "title"),
        ("tpye", "type"),
        ("typ", "type"),
        ("tag", "tags"),
        ("vat", "vats"),
        ("vtas", "vats"),
        ("nots", "notes"),
        ("duedate", "due_date"),
        ("net_vlaeu", "net_value"),
        ("invoice_nr", "invoice_number"),
        ("pth", "path"),
        ("rnu", "run"),
        ("wtach", "watch"),
        ("settel", "settle"),
        ("inclde", "include"),
        ("maxsize", "max_size"),
        ("uri", "url"),
        ("sidecar", "sidecars"),
    ],
)
def test_a_slip_or_two_of_the_pen_are_seen_through(word: str, meant: str) -> None:
    assert nearest(word, FIELDS + SETTINGS) == meant


@pytest.mark.parametrize(
    "word",
    [
        "status",
        "state",
        "total",
        "paid",
        "text",
        "gross",
        "iban",
        "name",
        "comment",
        "description",
        "date",
        "payment_terms",
        "recursive",
    ],
)
def test_another_word_is_taken_for_none(word: str) -> None:
    assert nearest(word, FIELDS + SETTINGS) == ""


def test_whoever_misspelt_is_asked_whether_they_meant_it() -> None:
    assert did_you_mean("faild", KNOWN) == 'Did you mean "failed"?'


def test_nothing_is_asked_where_no_known_word_is_like_it() -> None:
    assert did_you_mean("zzz", KNOWN) == ""
