"""Delivering a file outside of any inbox: once, however often it is tried, or it is said so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ingestd.errors import AskLater, ExternalIdTaken, KanbertError, OutcomeUnknown
from ingestd.identity import (
    first_id,
    invoices_of,
    is_taken_for_another,
    made_of_it,
    second_id,
    taken_for_another,
)
from ingestd.intake import Content
from ingestd.kanbert import CreateInvoice, DuplicateCheck, Invoice, Kanbert, OnSent
from ingestd.model import Document, Outcome

LOOKS = (0.0, 2.0, 5.0)
"""Seconds before each look for an invoice whose create was never answered."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What Kanbert has of a file now."""

    outcome: Outcome
    """Delivered just now, or a duplicate: it was known before, and nothing was sent."""
    invoice_ids: tuple[str, ...]
    """None of them where Kanbert knows a content and names no invoice of it."""
    external_id: str
    """Of the invoice that was made; empty for a duplicate."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file, what is said of it, and who it is sent to."""

    content: Content
    name: str
    fields: CreateInvoice
    """With an `external_id` where the caller wants one of their own."""
    kanbert: Kanbert
    nap: Callable[[float], object]
    """Waits the seconds given."""
    on_sent: OnSent | None = None

    def send(self, *, although_known: bool = False) -> Receipt:
        """Create an invoice with the file, unless Kanbert knows it.

        :param although_known: do not ask.
        :raises UnfitDocument: Kanbert takes it for another document.
        :raises Refused: and `ExternalIdTaken` where an invoice has its `external_id` already.
        :raises AskLater: whether it was created is not known; the same call again does no harm.
        :raises Unavailable, AccountTrouble, OutcomeUnknown: it was not sent.
        """
        if not although_known:
            known = self.kanbert.check_duplicate(self.content.md5)
            if known.known:
                return self._recognise(known)
        return self._create(although_known=although_known)

    @property
    def _document(self) -> Document:
        """What an inbox would have made of the file; it is told apart by its hashes alone."""
        never = datetime.min.replace(tzinfo=UTC)
        document = Document.claimed("", inbox="", account="", name=self.name, now=never)
        return replace(document, md5=self.content.md5, sha256=self.content.sha256)

    def _recognise(self, known: DuplicateCheck) -> Receipt:
        invoices = invoices_of(known, self.kanbert)
        ids = tuple(one.id for one in known.duplicates)
        ours = made_of_it(invoices, self._document)
        if not ours and is_taken_for_another(self._document, invoices, ()):
            raise taken_for_another(", ".join(ids))
        return Receipt(Outcome.DUPLICATE, ids, "")

    def _create(self, *, although_known: bool) -> Receipt:
        wanted, document = self.fields.external_id, self._document
        # the first of ours may be taken by none: Kanbert never gives the id of a deleted one again
        for external_id in (wanted,) if wanted else (first_id(document), second_id(document)):
            try:
                return self._create_with(external_id)
            except ExternalIdTaken as error:
                taken = error
            if (found := self.kanbert.find(external_id)) is not None:
                return self._accept(found, taken, although_known=although_known)
        raise taken

    def _create_with(self, external_id: str) -> Receipt:
        try:
            invoice = self.kanbert.create(
                self.fields.model_copy(update={"external_id": external_id}),
                file=self.content.data,
                filename=self.name,
                media_type=self.content.media_type,
                on_sent=self.on_sent,
            )
        except OutcomeUnknown as error:
            return self._look_for(external_id, error)
        return Receipt(Outcome.DELIVERED, (invoice.id,), external_id)

    def _look_for(self, external_id: str, error: OutcomeUnknown) -> Receipt:
        """Look whether the create that was never answered made an invoice."""
        for seconds in LOOKS:
            self.nap(seconds)
            try:
                found = self._made_with(external_id)
            except KanbertError:
                continue
            if found:
                return Receipt(Outcome.DELIVERED, (found,), external_id)
        raise AskLater(
            str(error),
            hint="Do the same again in a few minutes: if it was created, it is recognised then, "
            "and no second invoice is made.",
        ) from error

    def _made_with(self, external_id: str) -> str | None:
        """The id of the invoice with this content and `external_id`."""
        known = self.kanbert.check_duplicate(self.content.md5)
        for invoice in invoices_of(known, self.kanbert):
            if invoice.external_id == external_id:
                return invoice.id
        found = self.kanbert.find(external_id)
        return found.id if found else None

    def _accept(self, found: Invoice, taken: ExternalIdTaken, *, although_known: bool) -> Receipt:
        """Take an invoice with the same `external_id` for an earlier attempt, if it may be one."""
        wanted = self.fields.external_id
        if wanted and not self._is_of_this(found):
            raise ExternalIdTaken(
                f'Another invoice has the external_id "{wanted}": {found.id}.',
                hint="Choose another --external-id.",
                answer=taken.answer,
            ) from taken
        if although_known and not wanted:
            raise ExternalIdTaken(
                f"Kanbert has an invoice that ingestd made of this file: {found.id}.",
                hint="To have it there a second time, give it an --external-id of its own.",
                answer=taken.answer,
            ) from taken
        return Receipt(Outcome.DUPLICATE, (found.id,), "")

    def _is_of_this(self, invoice: Invoice) -> bool:
        known = self.kanbert.check_duplicate(self.content.md5)
        return invoice.id in {one.id for one in known.duplicates}
