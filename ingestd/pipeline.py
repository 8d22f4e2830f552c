"""A document's way, from its folder below `work/` to its last one.

    claimed → accepted → uploading → uploaded ┐
       │         │          └→ unknown ───────┤
       │         ├→ duplicate ────────────────┼→ filed
       ├─────────┼→ failed ───────────────────┘
       └─────────┴→ released                      nothing sent; or, from uploaded and duplicate,
                                                  changed since: the file goes back to the inbox

Every step begins with what the ledger says and ends with telling it what came of that, so one that
died, or was not on the disk yet, is simply taken again. `Delivery.go_on` is the whole of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestd.claimed import Claimed
from ingestd.errors import (
    AccountTrouble,
    AskLater,
    ContentDelivered,
    DocumentChanged,
    ExternalIdTaken,
    IngestdError,
    OutcomeUnknown,
    Refused,
    Unavailable,
    UnfitDocument,
)
from ingestd.filing import reason_text
from ingestd.identity import (
    forgotten,
    invoices_of,
    is_proof,
    look_for,
    made_by_other_ids,
    made_of_it,
    next_id,
    taken_by_another,
    waited_for,
)
from ingestd.intake import Content
from ingestd.kanbert import CreateInvoice, Invoice
from ingestd.model import AS_FORESEEN, ENDS, OUTCOMES, Document, Outcome, State
from ingestd.recognition import delivered_as, recognise
from ingestd.refiling import finish_filing, was_put_away
from ingestd.request import what_to_correct
from ingestd.stages import CHANGED_SINCE, DELETED_SINCE, Stages


class Delivery:
    """One document on its way."""

    def __init__(self, document: Document, stages: Stages, *, sidecars: bool = True) -> None:
        """Make one; no `sidecars` if it was claimed just now, and nothing with it."""
        self.document = document
        self.refusal: Refused | None = None
        """What Kanbert had against it, if it refused it just now."""
        self.of_settings: frozenset[str] = frozenset()
        """The fields that it was sent with as the inbox's own settings have them."""
        self._stages = stages
        self._log = stages.log.bind(document=document.id, path=document.name)
        self.claimed = Claimed(document, stages, sidecars=sidecars)
        self._delivered: dict[str, str] = {}  # what its content became, as far as it is known
        self._foreseen = ""  # the destination that was written down with its upload

    def go_on(self) -> Document:
        """Take the document as far as it will go: to its end, or to a wait that is raised.

        :returns: the document, filed; or released, for its file to be put back into the inbox.
        :raises Unavailable, AccountTrouble, OutcomeUnknown: nothing can be sent now.
        :raises AskLater, ContentUnderWay: the result of a create has to be waited for.
        :raises NotItsTurn, DocumentChanged: another is being made smaller; it is being written.
        :raises LedgerUnusable, StorageFailed, FolderUnusable, OSError: it cannot be kept, or read.
        """
        while self.document.state not in ENDS:
            match self.document.state:
                case State.CLAIMED:
                    self._inspect()  # → accepted, failed
                case State.ACCEPTED:
                    self._check_and_create()  # → uploaded, duplicate, failed; accepted, unknown
                case State.UPLOADING:
                    # found so after a start: who knows how far the create came
                    self._advance(State.UNKNOWN)
                case State.UNKNOWN:
                    self._ask()  # → uploaded, duplicate; accepted
                case State.UPLOADED | State.DUPLICATE | State.FAILED:
                    self._file()  # → filed, released
        return self.document

    def _inspect(self) -> None:
        facts: dict[str, Any] = {}
        try:
            for found in self.claimed.facts:
                facts |= found
        except UnfitDocument as unfit:
            self._fail(unfit, **facts)
            return
        self._advance(State.ACCEPTED, **facts)
        told = {**facts, **self.claimed.made, "sidecars": sorted(self.claimed.sidecars)}
        self._log.debug("document.accepted", **told)

    def _check_and_create(self) -> None:
        stages, document = self._stages, self.document
        known = stages.kanbert.check_duplicate(document.md5_at_kanbert)
        if known.known:
            self._recognise(invoices_of(known, stages.kanbert))
            return
        if document.sent_md5:  # or its smaller copy might be made in vain
            self._delivered = stages.ledger.invoices_with_its_content(document)
        if found := made_by_other_ids(document, stages.kanbert, self._delivered):
            self._recognise(found, **forgotten(document))
        else:
            self._create()

    def _create(self) -> None:
        try:
            request, sent = self.claimed.request(self.document, self._log), self.claimed.sent
        except UnfitDocument as unfit:  # its smaller copy cannot be made again
            self._fail(unfit)
            return
        self.of_settings = request.of_settings
        stages, document = self._stages, self.document
        where = stages.foreseen(document.name)
        more = {"attempts": document.attempts + 1, "destination": where, **self.claimed.copy}
        begin, known = stages.ledger.begin_upload, self._delivered
        try:
            begun = begin(document, known, note=self.claimed.note, **more)
        except ContentDelivered as became:
            self._delivered = became.invoices  # look again, and consider them
        else:
            # for this process, there is nothing yet to be found at its destination
            self.document, self._foreseen = replace(begun, destination=""), where
            self._send(request.create, sent)

    def _send(self, create: CreateInvoice, sent: Content) -> None:
        try:
            invoice = self._stages.kanbert.create(
                create, file=sent.data, filename=self.claimed.path.name, media_type=sent.media_type
            )
        except (Unavailable, AccountTrouble) as error:
            self._advance(State.ACCEPTED, note=str(error))  # certainly not created
            raise
        except ExternalIdTaken as error:
            self._find_who_took_it(error)
        except Refused as refusal:
            self.refusal = refusal
            self._fail(refusal, advice=refusal.hint or what_to_correct(refusal))
        except OutcomeUnknown as error:
            self._advance(State.UNKNOWN, note=str(error))
            self._log.warning("document.ambiguous", error=str(error))
            raise
        else:
            self._advance(State.UPLOADED, outcome=Outcome.DELIVERED, invoice_id=invoice.id)

    def _ask(self) -> None:
        """Find out whether the create that was never answered made an invoice."""
        found = look_for(self.document, self._stages.kanbert)
        ours = made_of_it(found.invoices, self.document)
        if not ours and self._stages.may_still_arrive(self.document):
            raise AskLater(f"Kanbert has not shown an invoice for {self.document.name} yet.")
        if was_put_away(self.document, self._stages):
            ours = ours or [one for one in (found.namesake,) if one]
            if not ours:
                self._log.warning("document.ambiguous", error=DELETED_SINCE)
            self._advance(State.UPLOADED, **delivered_as(ours))
            self._log.info("document.recovered", invoice_id=self.document.invoice_id)
        elif ours or found.known:
            self._recognise(found.invoices)
        elif found.namesake:
            self._fail(taken_by_another(self.document, found.namesake))
        else:
            self._advance(State.ACCEPTED, note="no invoice was made")

    def _find_who_took_it(self, error: ExternalIdTaken) -> None:
        found = self._stages.kanbert.find(self.document.external_id)
        if found and is_proof(self.document.external_id):
            self._recognise([found], **forgotten(self.document))
        elif found:  # ours, of an attempt before; or another's, which only its content tells
            self._advance(State.UNKNOWN, note="its external_id is taken")
            self._log.warning("document.ambiguous", error=waited_for(self.document, found))
        elif another := next_id(self.document, self.claimed.given_id):
            # made once and deleted there: Kanbert never gives the id out again
            self._advance(State.ACCEPTED, external_id=another, note="its external_id is used up")
        else:
            self._fail(error)

    def _recognise(self, invoices: list[Invoice], **facts: Any) -> None:
        became = recognise(invoices, self.document, self._stages.ledger)
        if isinstance(became, UnfitDocument):
            self._fail(became)
            return
        self._advance(became.state, **{**facts, **became.facts})
        if became.state is State.UPLOADED:
            self._log.info("document.recovered", invoice_id=self.document.invoice_id)

    def _file(self) -> None:
        stages, document, when = self._stages, self.document, self._stages.now()
        if finish_filing(document, stages):
            self.document = replace(document, state=State.FILED)
            return
        folder = stages.cabinet.folder_for(OUTCOMES[document.state], document.name, when)
        stages.cabinet.confirm(folder)
        try:
            destination = self._put_away(folder, when)
        except DocumentChanged:
            if not self.claimed.may_be_put_away(self.document):
                self._release()
            return  # or look again
        self._advance(State.FILED, destination=str(destination))
        stages.workplace.clear(document.id)

    def _put_away(self, folder: Path, when: datetime) -> Path:
        """Move the file to its last folder."""
        document = self.document
        return self._stages.cabinet.put_away(
            self.claimed.path,
            folder,
            reason=reason_text(document, when) if document.state is State.FAILED else "",
            before_move=self._plan,
            left_off=Path(document.destination) if document.destination else None,
            sidecars=self.claimed.beside,
        )

    def _plan(self, destination: Path) -> None:
        if str(destination) == self._foreseen:
            self.document = replace(self.document, destination=self._foreseen)
        else:
            self.document = self._stages.ledger.plan(self.document, str(destination))
        if not self.claimed.may_be_put_away(self.document):
            raise DocumentChanged(f"{self.document.name} changed just now.")

    def _release(self) -> None:
        """What Kanbert has is not there any more; what is there, it does not have."""
        self._advance(State.RELEASED, destination="", note=CHANGED_SINCE)
        end, invoice_id = f"document.{self.document.outcome}", self.document.invoice_id
        self._log.warning(end, invoice_id=invoice_id, reason=CHANGED_SINCE)

    def _fail(self, error: IngestdError, **facts: Any) -> None:
        why = {"reason": str(error), "advice": error.hint, **facts}
        self._advance(State.FAILED, outcome=Outcome.FAILED, **why)

    def _advance(self, to: State, *, note: str = "", **facts: Any) -> None:
        if to not in AS_FORESEEN:
            self._foreseen, facts = "", {"destination": "", **facts}
        self.document = self._stages.ledger.advance(self.document, to, note=note, **facts)
