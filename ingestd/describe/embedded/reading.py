"""What was read of a document, from an answer that may be anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_LONGEST_WHY = 500  # characters: it is for one line of a log


@dataclass(frozen=True, slots=True)
class Reading:
    """What is inside a document.

    With neither `kind` nor `why` it has nothing inside that could be an e-invoice.
    """

    kind: str = ""
    """Which e-invoice it is, in the mapper's words; empty where there is none."""
    attachment: str = ""
    """The name of the file that was read. Anybody's text, as `warnings` and `why`."""
    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Of the create request. JSON's types, not checked for what Kanbert takes."""
    warnings: tuple[str, ...] = ()
    """What is odd about it, a sentence each."""
    complete: bool = False
    """Whether it says all that an invoice has to say."""
    why: str = ""
    """Why there is no e-invoice although there might be one, for the log."""


def unread(why: str) -> Reading:
    """There may be an e-invoice, but it could not be had."""
    return Reading(why=why if len(why) <= _LONGEST_WHY else f"{why[: _LONGEST_WHY - 1]}…")


def reading_of(answer: bytes) -> Reading:
    """Understand an answer.

    :raises ValueError: it is none.
    """
    try:
        match json.loads(answer):
            case {"why": str(why)}:
                return unread(why)
            case {
                "kind": str(kind),
                "attachment": str(name),
                "fields": dict(fields),
                "warnings": list(warnings),
                "complete": bool(complete),
            } if kind and all(isinstance(warning, str) for warning in warnings):
                return Reading(kind, name, fields, tuple(warnings), complete)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    raise ValueError("no answer")
