from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ingestd.sandbox import ME, NewInvoice, Store
from ingestd.sandbox.filters import condition_of
from tests.sandbox.running import Running

_NOW = datetime(2024, 3, 13, 10, 30, tzinfo=UTC)  # a Wednesday


def _found(store: Store, text: str) -> list[str]:
    where = condition_of(text, me=ME, now=_NOW)
    return [invoice.title for invoice in store.select(where, order="number", limit=-1)]


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(clock=lambda: _NOW)
    store.add(
        NewInvoice(
            title="Acme paper",
            external_id="e1",
            sum_net=10_000,
            sum_tax=2_000,
            supplier_id="sU7pQ2",
            editor_id=ME,
            date_of_invoice="2024-03-13T00:00:00Z",
            due_date="2024-03-31T23:59:59Z",
            payment_status="paid",
        )
    )
    store.add(
        NewInvoice(
            title="Globex energy",
            type="Credit",
            sum_net=-550,
            supplier_id="sG2hT5",
            date_of_invoice="2024-03-12T23:59:59Z",
            due_date="2024-03-11T00:00:00Z",
        )
    )
    store.add(NewInvoice(title="Nothing", external_id="E1", sum_net=10_001))
    yield store
    store.close()


_ACME, _GLOBEX, _NOTHING = "Acme paper", "Globex energy", "Nothing"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ('title eq "Acme paper"', [_ACME]),
        ("title = 'Acme paper'", [_ACME]),
        ("title ne Nothing", [_ACME, _GLOBEX]),
        ("title neq Nothing", [_ACME, _GLOBEX]),
        ("title!=Nothing", [_ACME, _GLOBEX]),
        ("external_id eq e1", [_ACME]),
        ("external_id ne e1", [_NOTHING]),
        ("external_id isnull", [_GLOBEX]),
        ("external_id isnotnull", [_ACME, _NOTHING]),
        ("external_id notnull", [_ACME, _NOTHING]),
        ("title contains ACME", [_ACME]),
        ("title startswith glob", [_GLOBEX]),
        ("title endswith ING", [_NOTHING]),
        ('title like "%e%p%"', [_ACME]),
        ("title like paper", []),
        ("title like N_thing", [_NOTHING]),
        ('title in ("Acme paper", Nothing)', [_ACME, _NOTHING]),
        ("title in [Nothing,'Acme paper']", [_ACME, _NOTHING]),
        ("title nin (Nothing)", [_ACME, _GLOBEX]),
        ("title notin (Nothing)", [_ACME, _GLOBEX]),
        ("type eq Credit", [_GLOBEX]),
        ("status in (open, booked)", [_ACME, _GLOBEX, _NOTHING]),
        ("payment_status ne paid", [_GLOBEX, _NOTHING]),
        ("sum_net eq 100", [_ACME]),
        ("sum_net eq 100.00", [_ACME]),
        ("sum_net > 100", [_NOTHING]),
        ("sum_net gte 100", [_ACME, _NOTHING]),
        ("sum_net ge 100", [_ACME, _NOTHING]),
        ("sum_net<100", [_GLOBEX]),
        ("sum_net le -5.5", [_GLOBEX]),
        ("sum_net lte 100", [_ACME, _GLOBEX]),
        ("sum_gross = 120", [_ACME]),
        ("sum_tax gt 0", [_ACME]),
        ("sum_net in (100, 100.01)", [_ACME, _NOTHING]),
        ("sum_net startswith -5.5", [_GLOBEX]),
        ("sum_net endswith .01", [_NOTHING]),
        ("sum_net contains 00.0", [_ACME, _NOTHING]),
        ("sum_net like -5.50", [_GLOBEX]),
        ("supplier.id eq sU7pQ2", [_ACME]),
        ("supplier.id in (nobody, sG2hT5)", [_GLOBEX]),
        ("editor.id eq me.id", [_ACME]),
        ("editor.id isnull", [_GLOBEX, _NOTHING]),
    ],
)
def test_each_operator_finds_what_it_says(store: Store, text: str, titles: list[str]) -> None:
    assert _found(store, text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("date_of_invoice eq today", [_ACME]),
        ("date_of_invoice ne today", [_GLOBEX]),
        ("date_of_invoice eq 2024-03-12", [_GLOBEX]),
        ("date_of_invoice lt today", [_GLOBEX]),
        ("date_of_invoice lte today", [_ACME, _GLOBEX]),
        ("date_of_invoice gt 2024-03-12", [_ACME]),
        ("date_of_invoice gte 2024-03-12", [_ACME, _GLOBEX]),
        ("date_of_invoice eq today-1d", [_GLOBEX]),
        ("date_of_invoice in (today, today-1d)", [_ACME, _GLOBEX]),
        ("date_of_invoice nin (today)", [_GLOBEX]),
        ('date_of_invoice eq "2024-03-12T23:59:59Z"', [_GLOBEX]),
        ("date_of_invoice eq 2024-03-13T00:59:59+01:00", [_GLOBEX]),
        ("date_of_invoice lt now", [_ACME, _GLOBEX]),
        ("due_date eq eom", [_ACME]),
        ("due_date eq sow", [_GLOBEX]),
        ("due_date gt eow", [_ACME]),
        ("due_date gte som and due_date lt eow", [_GLOBEX]),
        ("due_date lt today+18d", [_GLOBEX]),
        ("due_date eq today+18d", [_ACME]),
        ("created_at eq now", [_ACME, _GLOBEX, _NOTHING]),
        ("created_at eq today", [_ACME, _GLOBEX, _NOTHING]),
        ("created_at gt 'now'", []),
    ],
)
def test_dates_are_compared_as_days_or_as_seconds(
    store: Store, text: str, titles: list[str]
) -> None:
    assert _found(store, text) == titles


def test_special_values_are_plain_text_on_text(store: Store) -> None:
    store.add(NewInvoice(title="today"))

    assert _found(store, "title eq today") == ["today"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("title eq Nothing or type eq Credit and sum_net lt 0", [_GLOBEX, _NOTHING]),
        ("sum_net lt 0 and type eq Credit or title eq Nothing", [_GLOBEX, _NOTHING]),
        ("(title eq Nothing or type eq Credit) and sum_net lt 0", [_GLOBEX]),
        ("sum_net lt 0 AND (title eq Nothing OR type eq Credit)", [_GLOBEX]),
        ("((title eq Nothing))", [_NOTHING]),
        ("\n title  eq\tNothing\n", [_NOTHING]),
        ("title eq and or title eq Nothing", [_NOTHING]),
        ("type EQ Credit", [_GLOBEX]),
        ("title eq Nothing and external_id isnotnull", [_NOTHING]),
    ],
)
def test_and_binds_tighter_than_or_unless_there_are_parentheses(
    store: Store, text: str, titles: list[str]
) -> None:
    assert _found(store, text) == titles


@pytest.mark.parametrize(
    ("node", "titles"),
    [
        ({"field": "type", "operator": "eq", "value": "Credit"}, [_GLOBEX]),
        ({"field": "sum_net", "operator": ">=", "value": 100.01}, [_NOTHING]),
        ({"field": "external_id", "operator": "isnull"}, [_GLOBEX]),
        ({"field": "title", "operator": "in", "value": ["Nothing"]}, [_NOTHING]),
        (
            [
                {"field": "type", "operator": "eq", "value": "Invoice"},
                {"field": "sum_net", "operator": "gt", "value": 100},
            ],
            [_NOTHING],
        ),
        (
            {
                "or": [
                    {"field": "type", "operator": "eq", "value": "Credit"},
                    {
                        "and": [
                            {"field": "sum_net", "operator": "gte", "value": 100},
                            {"field": "sum_tax", "operator": "eq", "value": 0},
                        ]
                    },
                ]
            },
            [_GLOBEX, _NOTHING],
        ),
    ],
)
def test_the_json_form_is_a_condition_a_list_or_a_tree(
    store: Store, node: Any, titles: list[str]
) -> None:
    assert _found(store, json.dumps(node)) == titles


def test_many_parentheses_are_read(store: Store) -> None:
    assert _found(store, "(" * 4_000 + "type eq Credit" + ")" * 4_000) == [_GLOBEX]


def test_many_conditions_are_read(store: Store) -> None:
    assert _found(store, " or ".join(["sum_net = -5.5"] * 500)) == [_GLOBEX]


def test_a_value_is_never_part_of_the_sql() -> None:
    where = condition_of('title eq "x\' OR 1=1 --"', me=ME, now=_NOW)

    assert where.text == "title BETWEEN ? AND ?"
    assert where.values == ("x' OR 1=1 --", "x' OR 1=1 --")


def test_a_filter_reaches_the_list_and_its_pages(sandbox: Running) -> None:
    for number in range(5):
        sandbox.store.add(NewInvoice(title=f"n{number}", sum_net=number * 100))
    query = {"filter": "sum_net >= 2", "page[size]": "2", "sort": "-sum_net"}

    first = sandbox.listed(**query).json()
    second = sandbox.listed(**query, **{"page[cursor]": first["meta"]["next_cursor"]}).json()

    titles = [invoice["title"] for page in (first, second) for invoice in page["data"]]
    assert titles == ["n4", "n3", "n2"]
    assert second["meta"]["next_cursor"] is None
