"""What is known of a document, source by source, and how sources are laid on each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that a source says, and nobody could make out."""

    field: str
    """The create field it would have been; empty where it is about the source as a whole."""
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Known:
    """What one source knows of a document."""

    source: str
    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Create fields, by the API's names; None clears what earlier sources know."""
    unread: tuple[Unread, ...] = ()


def together(sources: Iterable[Known]) -> dict[str, Any]:
    """The fields that all sources make: field by field the later one wins.

    Tags add up instead, each of them once: a folder's are not meant to hide the inbox's own.
    """
    fields: dict[str, Any] = {}
    for one in sources:
        tags = (fields.get("tags") or ()), (one.fields.get("tags") or ())
        fields.update(one.fields)
        if fields.get("tags") is not None:
            fields["tags"] = list(dict.fromkeys([*tags[0], *tags[1]]))
    return fields
