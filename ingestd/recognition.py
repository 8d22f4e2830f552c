"""What a document is that Kanbert has already: our own attempt, somebody else's, or another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingestd.errors import UnfitDocument
from ingestd.identity import (
    duplicate_of,
    is_proof,
    is_taken_for_another,
    made_of_it,
    taken_for_another,
)
from ingestd.kanbert import Invoice
from ingestd.ledger import Ledger
from ingestd.model import Document, Outcome, State


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a document is by that: to which state it goes, and what the ledger is to know of it."""

    state: State
    facts: Mapping[str, Any]


def recognise(
    invoices: Sequence[Invoice], document: Document, ledger: Ledger
) -> Recognised | UnfitDocument:
    """Tell our own earlier attempt, somebody else's invoice of it, and another's apart.

    :param invoices: those that Kanbert has under its content; it may name none.
    :returns: why it can never be delivered, where Kanbert takes it for another document.
    :raises ContentUnderWay: if another document with its content is just becoming an invoice.
    """
    ours = made_of_it(invoices, document)
    earlier = ledger.contents_with_its_md5(document)
    is_another = is_taken_for_another(document, invoices, earlier)
    proven = any(is_proof(one.external_id or "") for one in ours)
    if ours and (proven or not is_another) and not ledger.delivered_before(document):
        return Recognised(State.UPLOADED, delivered_as(ours))
    if is_another:
        return taken_for_another(", ".join(one.id for one in invoices))
    return Recognised(State.DUPLICATE, duplicate_of(invoices))


def delivered_as(invoices: Sequence[Invoice]) -> Mapping[str, Any]:
    """What the ledger is to know of a document that became one of these.

    :param invoices: none, where it was deleted since.
    """
    invoice_id = invoices[0].id if invoices else ""
    return {"outcome": Outcome.DELIVERED, "invoice_id": invoice_id}
