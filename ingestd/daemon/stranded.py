"""Documents of which only a person can say what is to become: each is told once, and counted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from ingestd.errors import FolderUnusable, LedgerUnusable
from ingestd.missing import HINT, why_missing
from ingestd.model import ENDS, OUTCOMES, Document, State
from ingestd.names import there_like
from ingestd.observe import DocumentReport
from ingestd.refiling import holds
from ingestd.stages import Stages


class Stranded:
    """The documents of one inbox that are carried no further by this process."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        # by the document's id
        self._told: dict[str, DocumentReport] = {}
        self._shut: dict[str, DocumentReport] = {}

    @property
    def documents(self) -> list[DocumentReport]:
        """Those that wait for a person, each with what was said of it."""
        return list((self._told | self._shut).values())

    def not_any_more(self, document_id: str) -> None:
        """A document is carried again."""
        self._told.pop(document_id, None)

    def forget_ended(self) -> bool:
        """Tell no more of documents that came to an end, closed by a person; whether any did."""
        told = list(self._told)
        try:
            known = [self._stages.ledger.document(id_) for id_ in told]
        except LedgerUnusable:
            return False  # the next look finds the same
        ended = [one.id for one in known if one and one.state in ENDS]
        for document_id in ended:
            self._told.pop(document_id, None)
        return bool(ended)

    def is_gone(self, document: Document) -> bool:
        """Whether a document's file left `work/`, which is there, and not for its destination."""
        workplace = self._stages.workplace
        if workplace.may_hold(document.id, document.name) or self.may_be_filed(document):
            return False
        return workplace.folder.is_dir()  # or it is the share that is gone

    def may_be_filed(self, document: Document) -> bool:
        """Whether a document is at its destination, or nobody can tell: its share is away."""
        if not document.destination:
            return False
        destination = Path(document.destination)
        try:
            self._stages.cabinet.confirm(destination.parent)
            return holds(destination, document)
        except (FolderUnusable, LedgerUnusable, OSError):
            return True

    def give_up(self, document: Document) -> None:
        """Carry a document no further whose file is gone.

        Where another ingestd serves the same share without locks, one of both may have taken it
        over, and this is the other. Then its file is with that one or was filed by it, and nobody
        need be told.

        :raises LedgerUnusable: if it cannot be read or written down.
        """
        document = self._stages.ledger.document(document.id) or document
        if document.state in ENDS:
            return
        there = _elsewhere(document, self._stages)
        if there is None:
            self._missing(document)
            return
        end = State.FILED if document.state in OUTCOMES else State.RELEASED
        self._stages.ledger.advance(document, end, note=f"another ingestd took it to {there}")
        self._stages.log.info(
            "document.deferred",
            document=document.id,
            path=document.name,
            reason=f"Another ingestd has it, at {there}.",
        )

    def _missing(self, document: Document) -> None:
        why = why_missing(document)
        facts = {"state": document.state, "md5": document.md5, "invoice_id": document.invoice_id}
        said = DocumentReport(document.name, why, HINT, document.id)
        self._tell("document.failed", document, said, error="document_missing", reason=why, **facts)

    def refuse_account(self, document: Document, account: str) -> None:
        """Ask for the account that a document may have become an invoice of."""
        why = (
            f"It may have become an invoice of account {document.account}, "
            f"but its inbox delivers to {account} now."
        )
        hint = f"Let the inbox deliver to {document.account} once more, until this is settled."
        said = DocumentReport(document.name, why, hint, document.id)
        self._tell("document.ambiguous", document, said, error=why)

    def cannot_see_into(self, shut: Mapping[str, OSError]) -> None:
        """Ask for the folders in `work/`, by their ids, that could not be read just now."""
        said = {id_: self._cannot_read(id_, error) for id_, error in shut.items()}
        for document_id in sorted(said.keys() - self._shut.keys()):
            facts = asdict(said[document_id])
            self._stages.log.warning("document.deferred", document=document_id, **facts)
        self._shut = said

    def _cannot_read(self, document_id: str, error: OSError) -> DocumentReport:
        folder = self._stages.workplace.folder / document_id
        return DocumentReport(
            str(folder),
            f"The folder {folder} cannot be read: {error.strerror}. "
            "What is in it is not carried on.",
            "Let the user that ingestd runs as read it, or check the disk; "
            "then start ingestd again.",
        )

    def _tell(self, event: str, document: Document, said: DocumentReport, **facts: str) -> None:
        if document.id not in self._told:
            self._told[document.id] = said
            known = {key: fact for key, fact in facts.items() if fact}
            self._stages.log.error(
                event, document=document.id, path=document.name, **known, hint=said.hint
            )


def _elsewhere(document: Document, stages: Stages) -> Path | None:
    """Where another ingestd took this document, if these very bytes are there."""
    for path in _candidates(document, stages):
        with contextlib.suppress(OSError):
            if holds(path, document):
                return path
    return None


def _candidates(document: Document, stages: Stages) -> Iterator[Path]:
    """Every file that could be this one: returned, put away, or being carried.

    A folder that cannot be looked through shows none; at the next opening it is looked at again.
    """
    name = Path(document.name)
    if document.sha256:  # or nothing but the name is known of it, which any there may have
        with contextlib.suppress(OSError):
            yield from there_like(stages.workplace.root / name.parent, name.name)
        yield from stages.cabinet.may_have(document.name, stages.now())
    with contextlib.suppress(OSError):
        for document_id, claimed in stages.workplace.claimed():
            if claimed == document.name:
                yield stages.workplace.file(document_id, claimed)
