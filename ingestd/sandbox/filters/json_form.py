"""The filter's JSON form."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Final, Literal

from ingestd.sandbox.filters.conditions import BadFilter, Condition, Group, Node, Value
from ingestd.sandbox.rules import is_text

_CONDITION_KEYS = {"field", "operator", "value"}
_WORDS: Final[dict[str, Literal["AND", "OR"]]] = {"and": "AND", "or": "OR"}


def read_json_form(text: str) -> Node:
    """Return what the filter says.

    Raises:
        BadFilter: it is no JSON, or of another shape.
    """
    try:
        return _node(json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as broken:
        raise BadFilter("it is no valid JSON") from broken


def _refuse_constant(name: str) -> None:
    raise BadFilter(f"{name} is no number")


def _node(given: object) -> Node:
    if isinstance(given, list):
        return _group("AND", given)
    if not isinstance(given, dict):
        raise BadFilter("a condition is an object with field, operator and value")
    if len(given) == 1 and (word := _WORDS.get(next(iter(given)))):
        return _group(word, next(iter(given.values())))
    return _condition(given)


def _group(word: Literal["AND", "OR"], members: object) -> Group:
    if not isinstance(members, list) or not members:
        raise BadFilter("a group is an array of at least one condition")
    return Group(word, tuple(_node(member) for member in members))


def _condition(given: dict[str, object]) -> Condition:
    field, operator = given.get("field"), given.get("operator")
    if (
        not isinstance(field, str)
        or not isinstance(operator, str)
        or given.keys() - _CONDITION_KEYS
    ):
        raise BadFilter("a condition is an object with field, operator and value")
    return Condition(field, operator, _value(given.get("value")))


def _value(given: object) -> Value:
    if given is None:
        return None
    if isinstance(given, list):
        return tuple(_scalar(item) for item in given)
    return _scalar(given)


def _scalar(given: object) -> str:
    if is_text(given):
        return given
    if isinstance(given, int | Decimal) and not isinstance(given, bool):
        return str(given)
    raise BadFilter("a value is a text or a number")
