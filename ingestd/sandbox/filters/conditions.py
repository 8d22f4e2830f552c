"""What a filter says, whichever form it was written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Value = str | tuple[str, ...] | None


class BadFilter(Exception):
    """A filter that cannot be read or asks for what there is not; the message says why."""


@dataclass(frozen=True)
class Condition:
    """One comparison, in the words of whoever wrote it; a list of values is a tuple."""

    field: str
    operator: str
    value: Value = None


@dataclass(frozen=True)
class Group:
    """Conditions of which all, or any, must be fulfilled."""

    word: Literal["AND", "OR"]
    members: tuple[Node, ...]


Node = Condition | Group


@dataclass(frozen=True)
class Context:
    """What special values refer to: the caller's user id and the time."""

    me: str
    now: datetime
