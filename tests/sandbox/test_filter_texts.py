from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestd.sandbox import ME, NewInvoice, Store
from ingestd.sandbox.filters import condition_of

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_NOW = datetime(2024, 3, 13, 10, 30, tzinfo=UTC)  # a Wednesday


def _found(store: Store, text: str) -> list[str]:
    where = condition_of(text, me=ME, now=_NOW)
    return [invoice.title for invoice in store.select(where, order="number", limit=-1)]


def _quoted(value: str, quote: str) -> str:
    return quote + value.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


@settings(deadline=None)
@given(value=_TEXTS, quote=st.sampled_from(['"', "'"]))
def test_any_text_is_found_again_by_eq_and_by_nothing_else(value: str, quote: str) -> None:
    store = Store()
    store.add(NewInvoice(title="wanted", external_id=value))
    store.add(NewInvoice(title="other", external_id=value + "x"))

    quoted = _quoted(value, quote)

    assert _found(store, f"external_id eq {quoted}") == ["wanted"]
    assert _found(store, f"external_id in ({quoted})") == ["wanted"]
    assert _found(store, f"external_id!={quoted}") == ["other"]
    store.close()


@settings(deadline=None)
@given(value=_TEXTS)
def test_any_text_is_found_again_by_the_json_form(value: str) -> None:
    store = Store()
    store.add(NewInvoice(title="wanted", external_id=value))
    store.add(NewInvoice(title="other", external_id=value + "x"))

    condition = json.dumps({"field": "external_id", "operator": "eq", "value": value})

    assert _found(store, condition) == ["wanted"]
    store.close()


@settings(deadline=None)
@given(
    value=st.text("ab%_\\ä'\"", min_size=1),
    before=st.text("xy", min_size=1, max_size=3),
    after=st.text("xy", min_size=1, max_size=3),
)
def test_any_text_is_found_as_a_part_wildcards_included(
    value: str, before: str, after: str
) -> None:
    store = Store()
    for title in (before + value + after, value + after, before + value, before + after):
        store.add(NewInvoice(title=title))

    quoted = _quoted(value, '"')

    assert len(_found(store, f"title contains {quoted}")) == 3
    assert _found(store, f"title startswith {quoted}") == [value + after]
    assert _found(store, f"title endswith {quoted}") == [before + value]
    store.close()
