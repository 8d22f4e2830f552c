"""A piece of SQL whose values are parameters, never part of its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple


class Sql(NamedTuple):
    """A condition: its text with a `?` for each of its values."""

    text: str
    values: tuple[object, ...] = ()


def joined(word: Literal["AND", "OR"], conditions: Sequence[Sql]) -> Sql:
    """Return conditions joined by a word, in parentheses."""
    text = f" {word} ".join(condition.text for condition in conditions)
    return Sql(f"({text})", tuple(value for condition in conditions for value in condition.values))
