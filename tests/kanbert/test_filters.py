"""Filters as they are written, and what cannot be written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.kanbert import END_OF_WEEK, ME, NOW, F, Filter, today
from ingestd.kanbert.fields import sort_order

A, B, C = F("title").eq("a"), F("title").eq("b"), F("title").eq("c")


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        (F("external_id").eq("erp-1017"), 'external_id eq "erp-1017"'),
        (F("title").ne("x"), 'title ne "x"'),
        (F("title").contains('5" pipe'), r'title contains "5\" pipe"'),
        (F("title").like("a%"), 'title like "a%"'),
        (F("title").startswith("C:\\"), r'title startswith "C:\\"'),
        (F("title").endswith("today"), 'title endswith "today"'),
        (F("sum_gross").gte(Decimal("1E+2")), "sum_gross gte 100"),
        (F("sum_gross").lt(10), "sum_gross lt 10"),
        (F("sum_gross").gt("10.50"), "sum_gross gt 10.50"),
        (F("sum_gross").contains("99"), 'sum_gross contains "99"'),
        (F("due_date").lte(date(2024, 1, 15)), 'due_date lte "2024-01-15"'),
        (
            F("created_at").gt(datetime(2024, 1, 15, 8, tzinfo=UTC)),
            'created_at gt "2024-01-15T08:00:00Z"',
        ),
        (F("due_date").eq(today()), "due_date eq today"),
        (F("due_date").gt(today(-30)), "due_date gt today-30d"),
        (F("due_date").lt(today(5)), "due_date lt today+5d"),
        (F("created_at").lt(NOW), "created_at lt now"),
        (F("created_at").lt(END_OF_WEEK), "created_at lt eow"),
        (F("editor.id").eq(ME), "editor.id eq me.id"),
        (F("editor.id").eq("me.id"), 'editor.id eq "me.id"'),
        (F("status").in_(["open", "booked"]), 'status in ["open", "booked"]'),
        (F("sum_net").nin([1, Decimal("2.5")]), "sum_net nin [1, 2.5]"),
        (F("invoice_number").isnull(), "invoice_number isnull"),
        (F("supplier.id").notnull(), "supplier.id notnull"),
    ],
)
def test_a_condition_is_written_as_documented(condition: Filter, written: str) -> None:
    assert str(condition) == written


@pytest.mark.parametrize(
    ("combined", "written"),
    [
        (A & B & C, 'title eq "a" and title eq "b" and title eq "c"'),
        (A | B, 'title eq "a" or title eq "b"'),
        (A & (B | C), 'title eq "a" and (title eq "b" or title eq "c")'),
        ((A & B) | C, '(title eq "a" and title eq "b") or title eq "c"'),
        (~(A & B), 'title ne "a" or title ne "b"'),
        (~(A | (B & C)), 'title ne "a" and (title ne "b" or title ne "c")'),
        (~~A, 'title eq "a"'),
        (~F("sum_net").gte(1), "sum_net lt 1"),
        (~F("sum_net").lte(1), "sum_net gt 1"),
        (~F("status").in_(["open"]), 'status nin ["open"]'),
        (~F("due_date").isnull(), "due_date notnull"),
    ],
)
def test_conditions_combine(combined: Filter, written: str) -> None:
    assert str(combined) == written


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: F("tittle"), "did you mean 'title'"),
        (lambda: F("client.name"), "there are external_id, title"),
        (lambda: F("status").contains("o"), "status cannot be compared with 'contains'"),
        (lambda: F("title").gt("a"), "title cannot be compared with 'gt'"),
        (lambda: F("sum_net").gt("a lot"), "must be a number"),
        (lambda: F("sum_net").gt(Decimal("nan")), "must be a number"),
        (lambda: F("due_date").gt(3), "must be a date"),
        (lambda: F("due_date").gt(ME), "due_date cannot be compared with me.id"),
        (lambda: F("supplier.id").eq(NOW), "supplier.id cannot be compared with now"),
        (lambda: F("status").in_([]), "at least one value"),
        (lambda: F("title").eq("\udce4"), "surrogates not allowed"),
        (lambda: ~F("title").contains("x"), "'contains' has no opposite"),
    ],
)
def test_what_cannot_be_asked_is_refused(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: F("status").in_("open"),
        lambda: F("title").eq(3),
        lambda: A and B,
        lambda: not A,
    ],
)
def test_what_is_mistaken_for_a_filter_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        make()


@given(st.text(st.characters(codec="utf-8")))
def test_a_quoted_text_reads_back_as_it_was(value: str) -> None:
    written = str(F("title").eq(value)).removeprefix("title eq ")

    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', written, re.DOTALL)
    assert re.sub(r"\\(.)", r"\1", written[1:-1], flags=re.DOTALL) == value


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1))
def test_the_sandbox_reads_what_is_written(values: list[str]) -> None:
    """The sandbox was written from the same page by somebody else."""
    reading = pytest.importorskip("ingestd.sandbox.filters.readable_form")
    known = pytest.importorskip("ingestd.sandbox.filters.conditions")

    node = reading.read_readable_form(str(F("title").in_(values) & (A | F("title").isnull())))

    listed = known.Condition("title", "in", tuple(values))
    either = known.Group(
        "OR", (known.Condition("title", "eq", "a"), known.Condition("title", "isnull"))
    )
    assert node == known.Group("AND", (listed, either))


@pytest.mark.parametrize(
    ("sort", "written"),
    [
        ("-created_at,title", "-created_at,title"),
        (["sum_gross", "-due_date"], "sum_gross,-due_date"),
        (" title , -title ", "title,-title"),
    ],
)
def test_a_sort_order_is_written_with_commas(sort: str | list[str], written: str) -> None:
    assert sort_order(sort) == written


@pytest.mark.parametrize("sort", ["status", "--title", "", "title,", "sort=-created_at"])
def test_an_unknown_sort_is_refused(sort: str) -> None:
    with pytest.raises(ValueError, match="cannot be sorted by"):
        sort_order(sort)


def test_a_misspelt_sort_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'created_at'"):
        sort_order("-created")
