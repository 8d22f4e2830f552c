from __future__ import annotations

from typing import Any

import pytest

from ingestd.describe import Known, together

Fields = dict[str, Any]


@pytest.mark.parametrize(
    ("sources", "fields"),
    [
        ([], {}),
        ([{"title": "a"}, {"type": "Credit"}], {"title": "a", "type": "Credit"}),
        ([{"title": "a"}, {"title": "b"}, {"title": "c"}], {"title": "c"}),
        ([{"title": "a"}, {"title": None}], {"title": None}),
        ([{"vats": [1, 2]}, {"vats": [3]}], {"vats": [3]}),
    ],
    ids=["nothing", "beside each other", "the last", "cleared", "no mixed lines"],
)
def test_field_by_field_the_later_source_wins(sources: list[Fields], fields: Fields) -> None:
    assert together(Known("", one) for one in sources) == fields


@pytest.mark.parametrize(
    ("sources", "tags"),
    [
        ([["a"], ["b", "c"]], ["a", "b", "c"]),
        ([["a", "b"], ["b", "a", "c"]], ["a", "b", "c"]),
        ([["a", "a"]], ["a"]),
        ([["a"], None], None),
        ([None, ["a"]], ["a"]),
        ([["a"], None, ["b"]], ["b"]),
        ([["a"], []], ["a"]),
    ],
    ids=["in order", "each once", "own twice", "cleared", "of none", "cleared before", "no more"],
)
def test_tags_add_up(sources: list[list[str] | None], tags: list[str] | None) -> None:
    assert together(Known("", {"tags": one}) for one in sources) == {"tags": tags}


@pytest.mark.parametrize(
    ("sources", "notes"),
    [
        (["a", "b"], "a\nb"),
        (["a", "a"], "a"),
        (["a", None], None),
        (["a", ""], ""),
        ([None, "a"], "a"),
        (["a" * 9_999, "bcd"], "a" * 9_999 + "\n"),
    ],
    ids=["in order", "each once", "cleared", "emptied", "of none", "as long as may be"],
)
def test_notes_add_up(sources: list[str | None], notes: str | None) -> None:
    assert together(Known("", {"notes": one}) for one in sources) == {"notes": notes}


def test_tags_stay_where_a_later_source_says_nothing_of_them() -> None:
    assert together([Known("", {"tags": ["a"]}), Known("", {"title": "t"})])["tags"] == ["a"]


def test_what_a_source_says_stays_as_it_is() -> None:
    own = {"tags": ["a"]}

    together([Known("", own), Known("", {"tags": ["b"]})])

    assert own == {"tags": ["a"]}
