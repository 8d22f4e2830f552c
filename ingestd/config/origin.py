"""Where a setting that is wrong was given: in the file, or in which variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from ingestd.config.environment import PREFIX, variable_for

_TABLE = re.compile(r"\b(?:accounts|inboxes)\.[\w-]+")
_WORD = re.compile(r"\w+")


def reason_of(details: ErrorDetails) -> str:
    """What one of our own checks says."""
    return str(details["ctx"]["error"]) if "ctx" in details else details["msg"]


def origin_of(
    details: ErrorDetails,
    source: Path | None,
    given: Mapping[str, Any],
    environ: Mapping[str, str],
) -> str:
    """Name the file, the variables, or both, that a person has to look at.

    :param given: what the file has.
    """
    if variable := variable_for(details["loc"], environ):
        return variable
    reason = reason_of(details) if details["type"] == "value_error" else ""
    found = [one for table in _tables(details, reason) for one in _settings(table, given, environ)]
    words = set(_WORD.findall(reason))
    named = [one for one in found if one[0] in words] or found
    places = dict.fromkeys(variable or str(source) for _, variable in named)
    return " and ".join(places) or str(source or "the environment")


def _tables(details: ErrorDetails, reason: str) -> list[tuple[str, ...]]:
    """The tables that together are wrong; none where that is the whole."""
    location = tuple(str(part) for part in details["loc"])
    if details["type"] == "missing":
        location = location[:-1]
    if location:
        return [location]
    return [tuple(table.split(".")) for table in _TABLE.findall(reason)]


def _settings(
    table: tuple[str, ...], given: Mapping[str, Any], environ: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The keys in a table, each with the variable that gives it; empty: the file does."""
    below = f"{PREFIX}{'__'.join(table)}__".upper()
    variables = [name for name in environ if name.upper().startswith(below)]
    keys = [name[len(below) :].split("__")[0].lower() for name in variables]
    yield from zip(keys, variables, strict=True)
    held: Any = given
    for part in table:
        held = held.get(part) if isinstance(held, Mapping) else None
    if isinstance(held, Mapping):
        yield from ((key, "") for key in held if key not in keys)
