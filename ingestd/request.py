"""What Kanbert is asked to create for a document: all that is known of it, laid together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingestd.describe import Rules, describe, together
from ingestd.kanbert import CreateInvoice
from ingestd.model import Document


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and whose word that is."""

    create: CreateInvoice
    of_settings: frozenset[str]
    """The fields that are sent as the inbox's own `fields` have them."""


def request_for(document: Document, rules: Rules, external_origin: str) -> Request:
    """Put together what is known of a document.

    :param external_origin: unless a source has another; empty: Kanbert says it itself.
    """
    sources = describe(document.name, rules)
    origin = {"external_origin": external_origin} if external_origin else {}
    fields: dict[str, Any] = origin | together(sources)
    settled = together([rules.settled])
    return Request(
        CreateInvoice(**fields | {"external_id": document.external_id}),
        frozenset(name for name, value in settled.items() if fields[name] == value),
    )
