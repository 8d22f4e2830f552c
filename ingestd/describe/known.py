"""What is known of a document, source by source, and how sources are laid on each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

LONGEST_NOTES = 10_000
"""Characters, from the API's `CreateIncomingInvoiceForm`."""


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
    exact: bool = False
    """Whether it was written for machines: then what cannot be read of it is worth a warning."""


def together(sources: Iterable[Known]) -> dict[str, Any]:
    """The fields that all sources make: field by field the later one wins.

    Tags and notes add up instead, each of them once: a folder's tags are not meant to hide the
    inbox's own, nor its notes the currency of an e-invoice.
    """
    fields: dict[str, Any] = {}
    for one in sources:
        before, said = dict(fields), one.fields
        fields.update(said)
        if said.get("tags") is not None:
            fields["tags"] = list(dict.fromkeys([*(before.get("tags") or ()), *said["tags"]]))
        if said.get("notes") and before.get("notes"):
            notes = dict.fromkeys([before["notes"], said["notes"]])
            fields["notes"] = "\n".join(map(str, notes))[:LONGEST_NOTES]
    return fields
