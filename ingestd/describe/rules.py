"""What an inbox's settings and a document's name say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ingestd.describe.inside import EInvoices
from ingestd.describe.known import Known
from ingestd.describe.pattern import NamePattern
from ingestd.describe.wording import tags_of, title_of


@dataclass(frozen=True, slots=True)
class Rules:
    """How the documents of an inbox are described."""

    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Create fields of every document, by the API's names."""
    folders_are_tags: bool = False
    pattern: NamePattern | None = None
    einvoices: EInvoices | None = None

    @property
    def settled(self) -> Known:
        """What is said of every document alike."""
        return Known("fields", self.fields)


def describe(name: str, rules: Rules) -> list[Known]:
    """What is known of a document before it is opened; later ones win, see `together`.

    :param name: the document's path relative to its inbox.
    :raises OSError: if its name cannot be searched now.
    """
    title = title_of(name)
    sources = [Known("name", {"title": title} if title else {}), rules.settled]
    if rules.folders_are_tags and (tags := tags_of(name)):
        sources.append(Known("subfolders", {"tags": tags}))
    if rules.pattern is not None:
        sources.append(rules.pattern.read(name))
    return sources
