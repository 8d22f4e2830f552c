"""By what a document is told apart from others: its SHA-256 here, its MD5 alone at Kanbert.

And an invoice of ours from others': by its external_id and its external_origin.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ingestd.errors import NotFound, UnfitDocument
from ingestd.kanbert import DuplicateCheck, Invoice, Kanbert
from ingestd.model import Document, Outcome

AT_KANBERT = frozenset({Outcome.DELIVERED, Outcome.DUPLICATE})
"""The outcomes after which Kanbert has a document's content."""

MOST_DUPLICATES_ASKED = 20
"""Invoices with the same content that are looked at one by one for our own."""

PREFIX = "ingestd-"
"""What every external_id of ours begins with."""

_OURS = re.compile(PREFIX + r"([0-9a-f]{64})(?:-2)?")


def first_id(document: Document) -> str:
    """What Kanbert is asked to know a content by; its uniqueness makes a repeat harmless."""
    return ids_of(document.sha256)[0]


def second_id(document: Document) -> str:
    """The same once the first is used up by an invoice that was deleted there."""
    return ids_of(document.sha256)[1]


def ids_of(sha256: str) -> tuple[str, str]:
    """Both of what Kanbert may know a content by, that of the first attempt first."""
    return f"{PREFIX}{sha256}", f"{PREFIX}{sha256}-2"


def upload_origin(external_origin: str) -> str:
    """The external_origin of what is sent by hand, outside of any inbox: it has no file in `done/`.

    :param external_origin: what the account's documents have; may be empty.
    """
    return f"{external_origin[:248]} upload".strip()  # of at most 255 characters at Kanbert


def content_of(external_id: str | None) -> str:
    """The SHA-256 of the content that an ingestd made an invoice of; empty for anybody else's."""
    ours = _OURS.fullmatch(external_id or "")
    return ours[1] if ours else ""


def invoices_of(known: DuplicateCheck, kanbert: Kanbert) -> list[Invoice]:
    """The invoices that Kanbert answered a duplicate check with; some of very many."""
    found = []
    for duplicate in known.duplicates[:MOST_DUPLICATES_ASKED]:
        try:
            found.append(kanbert.get(duplicate.id))
        except NotFound:
            continue  # deleted since, or not ours to see
    return found


def made_of_it(invoices: Iterable[Invoice], document: Document) -> list[Invoice]:
    """The invoices that an ingestd made of this document's content."""
    ids = {document.external_id, first_id(document), second_id(document)}
    return [one for one in invoices if one.external_id in ids]


def is_taken_for_another(
    document: Document,
    invoices: Iterable[Invoice],
    earlier: Collection[tuple[str, Outcome | None]],
) -> bool:
    """Whether what Kanbert has under this document's MD5 is, or may be, another content.

    :param invoices: those that Kanbert has under it.
    :param earlier: SHA-256 and outcome of the other documents with it.
    """
    if any(sha256 == document.sha256 and outcome in AT_KANBERT for sha256, outcome in earlier):
        return False
    ours = {content_of(one.external_id) for one in invoices} - {""}
    contents = {sha256 for sha256, _ in earlier} | ours
    return not contents <= {document.sha256}


def taken_for_another(known: str) -> UnfitDocument:
    """What a bookkeeper is told of such a document; `known` names what it was taken for."""
    return UnfitDocument(
        f"Kanbert takes this for another document{f', {known}' if known else ''}: both have the "
        "same MD5, by which alone it tells documents apart, but their contents differ.",
        hint="Print it to a new PDF, or scan it, and try again with that; or enter it in "
        "Kanbert by hand. Such a pair is made on purpose: ask where both documents come from.",
    )
