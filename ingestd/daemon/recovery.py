"""After a start: what the work folder and the ledger say was not finished.

The work folder comes first, the ledger second: a file in `work/` is carried on whatever the
ledger knows, and a document that only the ledger knows is never silently closed.

A file in `work/` that the ledger does not know was claimed by a process that died before it could
write that down, or the ledger was lost. On a share that two machines serve it may also be in the
hands of the other's living ingestd: the inbox's lock is of a folder, and reaches no further than
this machine. No sign of life would tell for certain: a machine that sleeps gives none, and
goes on where it was when it wakes up. So nothing waits for one, and a machine that died for good
leaves nothing behind; instead such a document is taken over as any is claimed: by a rename, which
one wins. Both may then ask Kanbert to create it, with one and the same `external_id`; only the
winner has the file, and the other finds it gone (see `Stranded.give_up`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ingestd import storing
from ingestd.daemon.deferral import NOTHING_SENT
from ingestd.daemon.stranded import Stranded
from ingestd.intake import same_bytes
from ingestd.model import CREATE_SENT, ENDS, Document, State
from ingestd.recognition import delivered_as
from ingestd.refiling import finish_filing, sidecars_left, was_put_away
from ingestd.sidecars import fits, is_called_like_one, sidecars_of
from ingestd.stages import Stages


def unfinished(
    inbox: str,
    account: str,
    stages: Stages,
    in_hand: Callable[[], Collection[str]],
    *,
    stranded: Stranded,
    new_id: Callable[[], str],
) -> Iterator[Document]:
    """Yield the documents to go on with; put right what needs no more than a move or a note.

    :param in_hand: asked for the ids of documents that are nobody's to recover. A document's id is
        among them before its file is in `work/`, so it is asked after the file was seen.
    :param stranded: told of the documents that only a person can help.
    :param new_id: makes the id of a document that is taken over.
    """
    recovery = _Recovery(inbox, account, stages, stranded, new_id)
    stages.workplace.sweep()
    found, shut = set(), dict[str, OSError]()
    for document_id, name in stages.workplace.claimed(shut=shut.__setitem__):
        if document_id in in_hand() or document_id in found:
            continue
        for id_, file in recovery.documents(document_id, name):
            found.add(id_)
            for document in recovery.with_a_file(id_, file):
                found.add(document.id)
                stranded.not_any_more(document.id)
                yield document
    stranded.cannot_see_into({id_: shut[id_] for id_ in shut.keys() - in_hand()})
    found |= shut.keys()  # for all that anybody knows
    for document in stages.ledger.under_way(inbox):
        if document.id not in found and document.id not in in_hand():
            yield from recovery.without_a_file(document.id)


@dataclass(frozen=True, slots=True)
class _Recovery:
    inbox: str
    account: str
    stages: Stages
    stranded: Stranded
    new_id: Callable[[], str]

    def documents(self, document_id: str, name: str) -> Iterator[tuple[str, str]]:
        """The document that a file in `work/` is or belongs to, by id and name; none if it waits.

        A sidecar alone was claimed by a process that died before it had the document as well: it
        goes back. Or the document was filed already, and it has yet to follow (see
        `finish_filing`).
        """
        if not is_called_like_one(name):
            yield document_id, name
            return
        document = self.stages.ledger.document(document_id)
        if document is None:
            yield from self._take_over_sidecars(document_id, name)
        elif document.name == name:
            yield document_id, name
        elif document.state in ENDS:
            self._put_back_sidecars(document_id, name, document)

    def _take_over_sidecars(self, document_id: str, name: str) -> Iterator[tuple[str, str]]:
        """Put back what another machine may just be claiming, and its document not follow."""
        workplace, ours = self.stages.workplace, self.new_id()
        try:
            # first, or its claimer might have the document by now, and deliver it without these
            (workplace.folder / document_id).rename(workplace.folder / ours)
            came = [name for id_, name in workplace.claimed() if id_ == ours]
        except FileNotFoundError:
            return  # it has the document, or gave up; or a third was quicker
        except OSError as error:
            self.stages.log.warning("document.deferred", path=name, error=str(error))
            return
        documents = [name for name in came if not is_called_like_one(name)]
        if not documents:
            self._put_back_sidecars(ours, name)
        for one in documents:  # it came just before
            yield ours, one

    def _put_back_sidecars(
        self, document_id: str, name: str, document: Document | None = None
    ) -> None:
        try:
            if document and document.state is State.FILED:
                sidecars_left(document, self.stages)
            for path in self.stages.workplace.put_back_sidecars(document_id):
                self.stages.log.info("document.recovered", path=str(path), state=State.RELEASED)
        except OSError as error:  # the others are carried all the same
            self.stages.log.warning("document.deferred", path=name, error=str(error))

    def with_a_file(self, document_id: str, name: str) -> Iterator[Document]:
        """One file in `work/`: the document to go on with, if it is."""
        stages = self.stages
        document = stages.ledger.document(document_id) or self._take_over(document_id, name)
        if document is None:
            return
        try:
            yield from self._recovered(document, name)
        except OSError as error:  # of one document; the others are carried all the same
            document = stages.ledger.document(document.id)
            if document is None or not stages.workplace.may_hold(document.id, name):
                return  # put away, or back, in the meantime; or gone with its share
            stages.log.warning(
                "document.deferred", document=document.id, path=name, error=str(error)
            )
            if document.state is not State.FILED:
                yield document

    def _take_over(self, document_id: str, name: str) -> Document | None:
        """Claim a document that the ledger does not know; None if it is somebody else's by now.

        :raises StorageFailed: if the disk could not make that last.
        """
        ours, work = self.new_id(), self.stages.workplace.folder
        try:
            (work / document_id).rename(work / ours)
        except FileNotFoundError:
            return None
        except OSError:
            if not document_id.isascii():
                raise  # it cannot be an id
            ours = document_id  # what can be done with it shows when it is filed
        # or a power cut could bring the old id back, with a second name of what was filed since
        storing.fsync_folder(work)
        document = Document.claimed(ours, self.inbox, self.account, name, self.stages.now())
        self.stages.ledger.add(document)
        return document

    def _recovered(self, document: Document, name: str) -> Iterator[Document]:
        stages, account = self.stages, self.account
        stages.workplace.forget_other_name(document.id, name)
        if finish_filing(document, stages):
            stages.log.info("document.recovered", document=document.id, path=document.destination)
        elif document.state in ENDS:
            _put_back(document, name, stages)
        elif document.state in NOTHING_SENT and self._belongs_back(document, name):
            _put_back(stages.ledger.advance(document, State.RELEASED), name, stages)
        elif document.account != account and document.state in CREATE_SENT:
            self.stranded.refuse_account(document, account)
        else:
            stages.log.info("document.recovered", document=document.id, state=document.state)
            yield replace(document, name=name)  # the file's own path is the truth

    def _belongs_back(self, document: Document, name: str) -> bool:
        """Whether a document of which nothing was sent is to be claimed anew.

        Its sidecar is in the inbox where a release died between the two (or came late).
        """
        if document.account != self.account:
            return True
        workplace = self.stages.workplace
        came_from = workplace.root / name
        if workplace.sidecars(document.id, name) or os.path.lexists(came_from):
            return False
        return bool(sidecars_of(came_from)) and fits(came_from, (), is_own_name=True)

    def without_a_file(self, document_id: str) -> Iterator[Document]:
        """A document that only the ledger knows: the one to ask Kanbert about, if it is."""
        stages = self.stages
        document = stages.ledger.document(document_id)
        if document is None or document.state in ENDS:
            return  # it came to its end just now
        try:
            filed = finish_filing(document, stages)
        except OSError:
            yield document  # to be tried again, and told of, as any that cannot be filed
            return
        if filed:
            stages.log.info("document.recovered", document=document.id, path=document.destination)
        elif document.state not in CREATE_SENT:
            if self.stranded.may_be_filed(document):
                yield document
            else:
                self.stranded.give_up(document)
        elif document.account != self.account:
            self._of_another_account(document)
        else:
            # whether it became an invoice has to be known: it may lie where it was to be put away,
            # and until then no other document with its content is created
            yield document

    def _of_another_account(self, document: Document) -> None:
        """Ask for the account of a document whose answer is not known; unless that shows to be yes.

        Which invoice it became is not known then.
        """
        stages = self.stages
        with suppress(OSError):  # of its destination, of which nobody can tell now
            if was_put_away(document, stages):
                document = stages.ledger.advance(document, State.UPLOADED, **delivered_as(()))
                finish_filing(document, stages)
                stages.log.info(
                    "document.recovered", document=document.id, path=document.destination
                )
                return
        self.stranded.refuse_account(document, self.account)


def _put_back(document: Document, name: str, stages: Stages) -> None:
    """A file whose document has ended: its move died, or its removal after a copy."""
    work_file = stages.workplace.file(document.id, name)
    if document.state is State.FILED and same_bytes(work_file, Path(document.destination)):
        work_file.unlink()
        sidecars_left(document, stages)
        stages.workplace.clear(document.id)
        return
    path = stages.workplace.release(document.id, name)
    stages.log.info("document.recovered", document=document.id, path=str(path), state="released")
