"""A document whose file is gone: what is known of it, and how a person closes it."""

from __future__ import annotations

from ingestd.errors import StaleState
from ingestd.ledger import Ledger
from ingestd.model import CREATE_SENT, OUTCOMES, Document, Outcome, State

HINT = (
    "Look for it by its name, and drop it into the inbox again: Kanbert gets it once. Then, or if "
    "it is gone for good: ingestd history --missing --close"
)
"""What to do about it."""

CLOSED = "closed by hand: its file is gone"
"""What its history says then."""


def why_missing(document: Document) -> str:
    """Say that its file is gone, and what is known of it; in sentences."""
    return (
        f"Its file is neither in .ingestd/work nor where it was to be filed. {known_of(document)}"
    )


def known_of(document: Document) -> str:
    """Say whether it was sent, and which invoice it is; as far as the ledger knows."""
    match document.state:
        case State.UPLOADED if document.invoice_id:
            known = f"Kanbert has it as invoice {document.invoice_id}."
        case State.UPLOADED:
            known = "It was delivered; which invoice it became is not known."
        case State.DUPLICATE:
            known = document.reason
        case State.FAILED:
            known = f"It had failed: {document.reason}"
        case state if state in CREATE_SENT:
            known = (
                "It was sent, and whether it became an invoice is not known; that would have the "
                f'external_id "{document.external_id}".'
            )
        case _:
            known = "As far as is known, nothing of it was sent."
    where = f" It was to be filed as {document.destination}." if document.destination else ""
    return known + where


def close(document: Document, ledger: Ledger) -> Document:
    """Let a document end whose file is gone, with all that is known of it.

    If its file turns up later, nothing is lost by that: from `work/` it goes back into the inbox,
    and from there it is delivered once, or recognised.

    :returns: the document, filed nowhere; failed, if it had no outcome.
    :raises StaleState: if it went on since it was looked at.
    :raises LedgerUnusable: if it cannot be written down.
    """
    if ledger.document(document.id) != document:
        raise StaleState(f"{document.name} went on just now.", hint="Look again.")
    if document.state not in OUTCOMES:
        facts = {"outcome": Outcome.FAILED, "reason": why_missing(document)}
        document = ledger.advance(document, State.FAILED, note=CLOSED, **facts)
    document = ledger.advance(document, State.FILED, destination="", note=CLOSED)
    ledger.flush()
    return document
