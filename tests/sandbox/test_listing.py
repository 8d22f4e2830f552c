from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestd.sandbox import NewInvoice, Store
from ingestd.sandbox.models import IncomingInvoiceCursorPage
from ingestd.sandbox.paging import (
    SORTABLE,
    Page,
    read_cursor,
    read_page,
    read_sort,
)
from ingestd.sandbox.sql import Sql
from tests.sandbox.running import PDF, Running, errors_of

_ALL = Sql("1")

_INVOICES = st.builds(
    NewInvoice,
    title=st.sampled_from(["", "a", "B", "ä"]),
    sum_net=st.integers(-2, 2),
    sum_tax=st.integers(-2, 2),
    date_of_invoice=st.sampled_from([None, "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"]),
    due_date=st.sampled_from([None, "2024-01-01T00:00:00Z"]),
)
_SORTS = st.lists(
    st.builds(str.__add__, st.sampled_from(["", "-"]), st.sampled_from(SORTABLE)), max_size=3
).map(",".join)


def _pages(store: Store, sort: str, size: int, *, start: str = "") -> list[Page]:
    """Return all pages from a cursor to the end."""
    keys = read_sort(sort)
    pages = [read_page(store, _ALL, keys, read_cursor(start, keys), size)]
    while pages[-1].next_cursor:
        cursor = read_cursor(pages[-1].next_cursor, keys)
        pages.append(read_page(store, _ALL, keys, cursor, size))
    return pages


def _numbers(pages: list[Page]) -> list[int]:
    return [invoice.number for page in pages for invoice in page.invoices]


def _filled(invoices: list[NewInvoice]) -> Store:
    store = Store()
    for invoice in invoices:
        store.add(invoice)
    return store


@settings(deadline=None)
@given(invoices=st.lists(_INVOICES, max_size=12), sort=_SORTS, size=st.integers(1, 5))
def test_any_sort_and_page_size_yield_every_invoice_exactly_once_and_in_order(
    invoices: list[NewInvoice], sort: str, size: int
) -> None:
    store = _filled(invoices)

    pages = _pages(store, sort, size)

    expected = store.invoices()
    for key in reversed(read_sort(sort)):
        expected.sort(key=key.value_of, reverse=key.descending)
    assert _numbers(pages) == [invoice.number for invoice in expected]
    assert all(len(page.invoices) == size for page in pages[:-1])
    store.close()


@settings(deadline=None)
@given(invoices=st.lists(_INVOICES, max_size=12), sort=_SORTS, size=st.integers(1, 5))
def test_the_pages_back_are_the_pages_there(
    invoices: list[NewInvoice], sort: str, size: int
) -> None:
    store = _filled(invoices)
    keys = read_sort(sort)
    there = _pages(store, sort, size)

    back = [there[-1]]
    while back[-1].prev_cursor:
        back.append(read_page(store, _ALL, keys, read_cursor(back[-1].prev_cursor, keys), size))

    assert [_numbers([page]) for page in reversed(back)] == [_numbers([page]) for page in there]
    store.close()


@settings(deadline=None)
@given(
    invoices=st.lists(_INVOICES, min_size=2, max_size=8),
    late=st.lists(_INVOICES, min_size=1, max_size=8),
    sort=_SORTS,
)
def test_invoices_that_arrive_meanwhile_neither_repeat_nor_hide_one(
    invoices: list[NewInvoice], late: list[NewInvoice], sort: str
) -> None:
    store = _filled(invoices)
    first = _pages(store, sort, 1)[0]
    for invoice in late:
        store.add(invoice)

    rest = _pages(store, sort, 2, start=first.next_cursor or "")

    seen = _numbers([first, *rest])
    assert len(seen) == len(set(seen))
    assert set(seen) >= set(range(1, len(invoices) + 1))
    store.close()


def test_a_list_answers_what_is_described(sandbox: Running) -> None:
    sandbox.create(file=PDF)

    page = sandbox.listed().json()

    IncomingInvoiceCursorPage.model_validate(page)
    assert page["links"] == []
    assert page["meta"] == {
        "path": f"{sandbox.server.base_url}/incoming-invoices",
        "per_page": 30,
        "next_cursor": None,
        "next_cursor_url": None,
        "prev_cursor": None,
        "prev_cursor_url": None,
    }


def test_a_list_leaves_bookings_and_payments_out(sandbox: Running) -> None:
    whole = sandbox.create(file=PDF).json()

    (listed,) = sandbox.listed().json()["data"]

    assert listed == {
        key: value for key, value in whole.items() if key not in ("bookings", "payments")
    }


def test_a_page_has_thirty_invoices_unless_another_size_is_asked_for(sandbox: Running) -> None:
    for _ in range(101):
        sandbox.store.add(NewInvoice())

    assert len(sandbox.listed().json()["data"]) == 30
    assert len(sandbox.listed(**{"page[size]": "100"}).json()["data"]) == 100


def test_the_url_of_the_next_page_leads_to_it(sandbox: Running) -> None:
    for title in "abc":
        sandbox.store.add(NewInvoice(title=title))
    meta = sandbox.listed(**{"page[size]": "2"}).json()["meta"]

    following = sandbox.client.get(meta["next_cursor_url"]).json()

    assert [invoice["title"] for invoice in following["data"]] == ["c"]
    assert following["meta"]["prev_cursor"]


def test_a_deleted_invoice_is_not_listed(sandbox: Running) -> None:
    stored = sandbox.store.add(NewInvoice(title="x"))
    sandbox.store.delete(stored.id)

    assert sandbox.listed().json()["data"] == []


@pytest.mark.parametrize("size", ["0", "101", "-1", "ten", "1.5", "9" * 5000])
def test_an_impossible_page_size_is_refused(sandbox: Running, size: str) -> None:
    assert list(errors_of(sandbox.listed(**{"page[size]": size}))) == ["page.size"]


@pytest.mark.parametrize(
    "sort", ["client", "title,", "--title", "title client", "TITLE", "title\n"]
)
def test_an_unknown_sort_is_refused(sandbox: Running, sort: str) -> None:
    assert errors_of(sandbox.listed(sort=sort)) == {"sort": ["The selected sort is invalid."]}


def _cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "====",
        "ä",
        _cursor(),
        _cursor("number", [1], True, 1),
        _cursor("number", [1, 2], True),
        _cursor("number", 1, True),
        _cursor("number", [None], True),
        _cursor("number", [2**64], True),
        _cursor("number", ["\ud800"], True),
        _cursor("title", [1], True),
    ],
)
def test_a_cursor_that_was_not_given_out_for_this_sort_is_refused(
    sandbox: Running, cursor: str
) -> None:
    assert list(errors_of(sandbox.listed(**{"page[cursor]": cursor}))) == ["page.cursor"]


def test_empty_parameters_are_as_good_as_none(sandbox: Running) -> None:
    sandbox.create({"title": "x"})

    answer = sandbox.listed(**{"sort": "", "page[size]": "", "page[cursor]": "", "filter": " "})

    assert len(answer.json()["data"]) == 1
