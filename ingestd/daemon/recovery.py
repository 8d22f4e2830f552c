"""After a start: what the work folder and the ledger say was not finished.

The work folder comes first, the ledger second: a file in `work/` is carried on whatever the
ledger knows, and a document that only the ledger knows is never silently closed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from ingestd import moves
from ingestd.daemon.deferral import NOTHING_SENT
from ingestd.model import ENDS, Document, Outcome, State
from ingestd.stages import Stages, finish_filing

CREATE_SENT = frozenset({State.UPLOADING, State.UNKNOWN})
"""The states in which Kanbert may be making an invoice, or have made it."""


def unfinished(
    inbox: str, account: str, stages: Stages, in_hand: Callable[[], Collection[str]]
) -> Iterator[Document]:
    """Yield the documents to go on with; put right what needs no more than a move or a note.

    :param in_hand: asked for the ids of documents that are nobody's to recover. A document's id is
        among them before its file is in `work/`, so it is asked after the file was seen.
    """
    stages.workplace.sweep()
    found = set()
    for document_id, name in stages.workplace.claimed():
        if document_id in in_hand() or document_id in found:
            continue
        found.add(document_id)
        try:
            yield from _recovered(document_id, name, inbox, account, stages)
        except OSError as error:  # of one document; the others are carried all the same
            document = stages.ledger.document(document_id)
            if document is None or not os.path.lexists(stages.workplace.file(document_id, name)):
                continue  # put away, or back, in the meantime; or gone with its share
            stages.log.warning(
                "document.deferred", document=document_id, path=name, error=str(error)
            )
            if document.state is not State.FILED:
                yield document
    for document in stages.ledger.under_way(inbox):
        if document.id not in found and document.id not in in_hand():
            _close(document.id, stages)


def _recovered(
    document_id: str, name: str, inbox: str, account: str, stages: Stages
) -> Iterator[Document]:
    """One file in `work/`: the document to go on with, if it is."""
    stages.workplace.forget_original(document_id, name)
    document = stages.ledger.document(document_id)
    if document is None:
        document = _without_a_row(document_id, name, inbox, account, stages)
    if finish_filing(document, stages):
        stages.log.info("document.recovered", document=document.id, path=document.destination)
    elif document.state in ENDS:
        _put_back(document, name, stages)
    elif document.account != account and document.state in NOTHING_SENT:
        _put_back(stages.ledger.advance(document, State.RELEASED), name, stages)
    elif document.account != account and document.state in CREATE_SENT:
        _refuse_account(document, account, stages)
    else:
        stages.log.info("document.recovered", document=document.id, state=document.state)
        yield replace(document, name=name)  # the file's own path is the truth


def _refuse_account(document: Document, account: str, stages: Stages) -> None:
    stages.log.error(
        "document.ambiguous",
        document=document.id,
        path=document.name,
        error=f"It may have become an invoice of account {document.account}, "
        f"but its inbox delivers to {account} now.",
        hint=f"Let the inbox deliver to {document.account} once more, until this is settled.",
    )


def _without_a_row(
    document_id: str, name: str, inbox: str, account: str, stages: Stages
) -> Document:
    """A claim that died before it was written down, or a ledger that was lost."""
    document = Document.claimed(document_id, inbox, account, name, stages.now())
    stages.ledger.add(document)
    return document


def _put_back(document: Document, name: str, stages: Stages) -> None:
    """A file whose document has ended: its move died, or its removal after a copy."""
    work_file = stages.workplace.file(document.id, name)
    destination = Path(document.destination)
    filed = document.state is State.FILED and destination.is_file()
    if filed and moves.same_content(work_file, destination):
        work_file.unlink()
        stages.workplace.clear(document.id)
        return
    path = stages.workplace.release(document.id, name)
    stages.log.info("document.recovered", document=document.id, path=str(path), state="released")


def _close(document_id: str, stages: Stages) -> None:
    """A document whose file is not in `work/` any more."""
    document = stages.ledger.document(document_id)
    if document is None or document.state in ENDS:
        return  # it came to its end just now
    if finish_filing(document, stages):
        stages.log.info("document.recovered", document=document.id, path=document.destination)
        return
    if document.state in CREATE_SENT:
        # or no other document with this content could ever be delivered
        facts = {"outcome": Outcome.FAILED, "reason": "document_missing"}
        document = stages.ledger.advance(document, State.FAILED, **facts)
    stages.log.error(
        "document.failed",
        document=document.id,
        path=document.name,
        error="document_missing",
        state=document.state,
        md5=document.md5,
        hint="Its file is neither in .ingestd/work nor where it was to be filed; "
        "look for it by its name, and drop it into the inbox again.",
    )
