from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from ingestd.toml import parsed


def test_what_is_written_is_read_with_its_numbers_as_they_are_wanted() -> None:
    assert parsed("a = 1.10", parse_float=Decimal) == {"a": Decimal("1.10")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("notes = 'x'\nnotes = 'y'\n", '"notes" has a value already (at line 2)'),
        ("notes = 'x'\n\n  notes='y'", '"notes" has a value already (at line 3)'),
        ("a = 1\r\nb = 2\r\na = 3\r\n", '"a" has a value already (at line 3)'),
        ('"a k" = 1\n"a k" = 2\n', '"a k" has a value already (at line 2)'),
        ("[t]\na = 1\n[u]\na = 1\na = 3\nb = 4", '"a" has a value already (at line 5)'),
        ("a.b = 1\na.b = 2\n", '"a.b" has a value already (at line 2)'),
        ("a = 1\na = [\n  1,\n  2,\n]\nb = 1", '"a" has a value already (at line 2)'),
        ("a = 1\na = '''\nx\n'''\n", '"a" has a value already (at line 2)'),
        ("a = 1\n# b = 2\na = 3\n# c = 4\n", '"a" has a value already (at line 3)'),
    ],
)
def test_a_key_that_is_there_twice_is_named_with_the_line_it_begins_in(
    text: str, told: str
) -> None:
    with pytest.raises(ValueError, match="already") as error:
        parsed(text)

    assert str(error.value) == told


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nx = 1\n[a]\nb = 1",
        "a = 1\na = '''\nb = 2\n'''",
        "[a]\n[a]\n",
        "x = {a = 1, a = 2}",
        "a = ",
        "= 1",
    ],
)
def test_what_is_wrong_otherwise_is_told_as_tomllib_does(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as ours:
        parsed(text)
    with pytest.raises(tomllib.TOMLDecodeError) as its:
        tomllib.loads(text)

    assert str(ours.value) == str(its.value)
