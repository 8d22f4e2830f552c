"""After a start: what the work folder and the ledger say was not finished.

The work folder comes first, the ledger second: a file in `work/` is carried on whatever the
ledger knows, and a document that only the ledger knows is never silently closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from ingestd import moves
from ingestd.filing import names_like
from ingestd.model import ENDS, OUTCOMES, Document, State
from ingestd.pipeline import Stages, close_filed


def unfinished(
    inbox: str, account: str, stages: Stages, known: Collection[str]
) -> Iterator[Document]:
    """Yield the documents to go on with; put right what needs no more than a move or a note.

    :param known: ids of documents that are in hand, and so are nobody's to recover.
    """
    found = set()
    stages.workplace.sweep()
    for document_id, name in stages.workplace.claimed():
        if document_id in known or document_id in found:
            continue
        found.add(document_id)
        stages.workplace.forget_original(document_id, name)
        document = stages.ledger.document(document_id)
        if document is None:
            document = _without_a_row(document_id, name, inbox, account, stages)
        if document.state in ENDS:
            _put_back(document, name, stages)
        elif _was_copied(document, name, stages):
            _close(document, stages)
        else:
            stages.log.info("document.recovered", document=document.id, state=document.state)
            yield _retargeted(document, name)
    for document in stages.ledger.under_way(inbox):
        if document.id not in found and document.id not in known:
            _close(document, stages)


def _without_a_row(
    document_id: str, name: str, inbox: str, account: str, stages: Stages
) -> Document:
    """A claim that died before it was written down, or a ledger that was lost."""
    document = Document.claimed(document_id, inbox, account, name, stages.now())
    stages.ledger.add(document)
    return document


def _retargeted(document: Document, name: str) -> Document:
    # the file's own path is the truth, should the ledger be an older copy
    return replace(document, name=name)


def _was_copied(document: Document, name: str, stages: Stages) -> bool:
    """Finish a move across filesystems that died between the copy and the removal."""
    work_file = stages.workplace.file(document.id, name)
    if not (document.state in OUTCOMES and document.destination):
        return False
    if not _is_copy(work_file, Path(document.destination)):
        return False
    work_file.unlink()
    return True


def _put_back(document: Document, name: str, stages: Stages) -> None:
    """A file whose document has ended: its move back died, or its removal after a copy."""
    work_file = stages.workplace.file(document.id, name)
    if document.state is State.FILED and _is_copy(work_file, Path(document.destination)):
        work_file.unlink()
        stages.workplace.clear(document.id)
        return
    path = stages.workplace.release(document.id, name, names_like(Path(name).name))
    stages.log.info("document.recovered", document=document.id, path=str(path), state="released")


def _is_copy(one: Path, other: Path) -> bool:
    return other.is_file() and moves.same_content(one, other)


def _close(document: Document, stages: Stages) -> None:
    """A document whose file is not in `work/` any more."""
    if close_filed(document, stages):
        stages.log.info("document.recovered", document=document.id, path=document.destination)
        return
    stages.log.error(
        "document.failed",
        document=document.id,
        path=document.name,
        error="document_missing",
        state=document.state,
        md5=document.md5,
        hint="Its file is neither in .ingestd/work nor where it was to be filed; "
        "look for it by its name.",
    )
