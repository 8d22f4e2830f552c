"""By what a document is told apart from others: its SHA-256 here, its MD5 alone at Kanbert.

And an invoice of ours from others': by its external_id and its external_origin.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ingestd.errors import NotFound, UnfitDocument
from ingestd.kanbert import DuplicateCheck, Invoice, Kanbert
from ingestd.model import NO_COPY, Document, Outcome

AT_KANBERT = frozenset({Outcome.DELIVERED, Outcome.DUPLICATE})
"""The outcomes after which Kanbert has a document's content."""

MOST_DUPLICATES_ASKED = 20
"""Invoices with the same content that are looked at one by one for our own."""

LONGEST_ID = 255
"""Characters, from the API's page."""

PREFIX = "ingestd-"
"""What every external_id of ours begins with."""

_OURS = re.compile(PREFIX + r"([0-9a-f]{64})(?:-2)?")


def first_id(document: Document) -> str:
    """What Kanbert is asked to know a content by; its uniqueness makes a repeat harmless."""
    return ids_of(document.sha256)[0]


def second_id(document: Document) -> str:
    """The same once the first is used up by an invoice that was deleted there."""
    return ids_of(document.sha256)[1]


def given_id(said: str | None) -> str:
    """The `external_id` that a document's sender gave it; empty if none.

    :raises UnfitDocument: if it cannot be used.
    """
    wanted = (said or "").strip()
    if wanted.isprintable() and not wanted.casefold().startswith(PREFIX):
        return wanted
    raise UnfitDocument(
        f'The external_id of the sidecar must be printable and not begin with "{PREFIX}".',
        hint="Give it another one, or none, and drop both into the inbox again.",
    )


def next_id(document: Document, given: str) -> str:
    """What to try once a document's `external_id` is used up; empty if there is nothing more.

    :param given: the one that its sender gave it.
    """
    first, second = (given, f"{given}-2") if given else ids_of(document.sha256)
    return second if document.external_id == first and len(second) <= LONGEST_ID else ""


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
    """The invoices that an ingestd made of this document's content.

    :param invoices: such as have this content. Another may have the `external_id` of its sender's.
    """
    ids = {document.external_id, first_id(document), second_id(document)} - {""}
    return [one for one in invoices if one.external_id in ids]


@dataclass(frozen=True, slots=True)
class Found:
    """What Kanbert shows of a document."""

    known: bool
    """It knows the content."""
    invoices: list[Invoice]
    """With this content."""
    namesake: Invoice | None = None
    """Has its `external_id`, and is not known to have its content."""


def look_for(document: Document, kanbert: Kanbert) -> Found:
    """Ask for a document by its content and, where that shows none of its own, by external_id.

    An external_id of ours is made of the content, and so proves it. One of the sender's proves
    nothing: it may have been given to two documents.
    """
    known = kanbert.check_duplicate(document.md5_at_kanbert)
    found = invoices_of(known, kanbert) if known.known else []
    if made_of_it(found, document) or (one := kanbert.find(document.external_id)) is None:
        return Found(known.known, found)
    if is_proof(document.external_id) or one.id in {other.id for other in known.duplicates}:
        return Found(known.known, [*found, one])
    return Found(known.known, found, namesake=one)


def made_by_other_ids(
    document: Document, kanbert: Kanbert, delivered: Mapping[str, str]
) -> list[Invoice]:
    """The invoices of a document's content that Kanbert would let be made a second time.

    It keeps a content from that by the one external_id that all of its documents have; not those
    whose senders gave them one of their own.

    :param delivered: the invoices that this content is known to have become: their external_ids
        by their ids.
    """
    of_content = is_proof(document.external_id)
    ids = [id_ for id_, given in delivered.items() if not (of_content and is_proof(given))]
    found = [] if of_content else [kanbert.find(first_id(document))]
    for id_ in ids:
        with suppress(NotFound):  # deleted there: then it may be made again
            found.append(kanbert.get(id_))
    return [one for one in found if one]


def is_proof(external_id: str) -> bool:
    """Whether an invoice with this external_id is known by that to have the same content."""
    return bool(content_of(external_id))


def is_taken_for_another(
    document: Document,
    invoices: Iterable[Invoice],
    earlier: Collection[tuple[str, Outcome | None]],
) -> bool:
    """Whether what Kanbert has under this document's MD5 is, or may be, another content.

    :param invoices: those that Kanbert has under it.
    :param earlier: SHA-256 of what was sent of the other documents with it, and their outcomes.
    """
    sent = document.sha256_at_kanbert
    if any(sha256 == sent and outcome in AT_KANBERT for sha256, outcome in earlier):
        return False
    ours = {content_of(one.external_id) for one in invoices} - {""}
    contents = {sha256 for sha256, _ in earlier} | ours
    return not contents <= {document.sha256, sent}


def duplicate_of(invoices: Sequence[Invoice]) -> dict[str, Any]:
    """What the ledger is to know of a document that Kanbert has already.

    :param invoices: those of it; Kanbert may name none.
    """
    known = ", ".join(one.id for one in invoices)
    return {
        "outcome": Outcome.DUPLICATE,
        "invoice_id": invoices[0].id if invoices else "",
        "reason": f"Kanbert has this document already{f' as {known}' if known else ''}.",
    }


def forgotten(document: Document) -> Mapping[str, Any]:
    """What the ledger is to forget of a document that has an invoice Kanbert did not know it by.

    That was made with another copy than the one that came out now (the ledger of then is lost, and
    `max_size` is another), and nobody knows with which; unless this document's own copy was sent
    before, which Kanbert may not show yet.
    """
    return NO_COPY if document.attempts <= 1 else {}


def taken_by_another(document: Document, invoice: Invoice) -> UnfitDocument:
    """What a bookkeeper is told of a document whose external_id an invoice has that is not its."""
    return UnfitDocument(
        f'Kanbert has an invoice with the external_id "{document.external_id}" already, '
        f"{invoice.id}, and does not know it to be of this document.",
        hint="Look at that invoice. If it is of another document, give this one's sidecar another "
        "external_id and drop both into the inbox again; if it is of this one, nothing is to do.",
    )


def waited_for(document: Document, invoice: Invoice) -> str:
    """What is said while nobody can tell yet whether an invoice with its external_id is its."""
    return (
        f'Kanbert has an invoice with the external_id "{document.external_id}" already, '
        f"{invoice.id}. For twice `timeout` it is asked whether that has this document's content; "
        "if not, the document fails."
    )


def taken_for_another(known: str) -> UnfitDocument:
    """What a bookkeeper is told of such a document; `known` names what it was taken for."""
    return UnfitDocument(
        f"Kanbert takes this for another document{f', {known}' if known else ''}: both have the "
        "same MD5, by which alone it tells documents apart, but that one was made of another file.",
        hint="If this is the smaller copy of a document that was too large, taken out of Kanbert, "
        "nothing is to do. Else print it to a new PDF, or scan it, and try again with that; or "
        "enter it in Kanbert by hand. Then the pair was made on purpose: ask where both come from.",
    )
