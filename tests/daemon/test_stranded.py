"""A document whose file is gone: told once, carried no further, and never closed in silence."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ingestd import moves
from ingestd.daemon.deferral import AGAIN_LATER
from ingestd.daemon.stranded import Stranded
from ingestd.errors import FolderUnusable, LedgerUnusable
from ingestd.filing import Cabinet
from ingestd.intake import Workplace
from ingestd.ledger import Ledger
from ingestd.missing import close
from ingestd.model import Document, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, complaints, events, until
from tests.daemon.recovering import found
from tests.hardship import bound_by_rights
from tests.workbench import CHECK, CREATE, INVOICE, Bench, new_ledger


@dataclass(frozen=True)
class Meddling(Cabinet):
    """Somebody does something just before a document is filed for the first time."""

    meddle: list[Callable[[Path], object]] = field(default_factory=list)

    def put_away(self, source: Path, folder: Path, **how: Any) -> Path:
        if self.meddle:
            self.meddle.pop()(source)
        return super().put_away(source, folder, **how)


def meddled(
    bench: Bench, meddle: Callable[[Path], object], ledger: Ledger | None = None
) -> Carrying:
    done, failed = bench.inbox / "done", bench.inbox / "failed"
    cabinet = Meddling(done, failed, done, meddle=[meddle])
    return Carrying(bench, replace(bench.stages, cabinet=cabinet, ledger=ledger or bench.ledger))


def finished(carrying: Carrying) -> None:
    carrying.at_rest()
    carrying.prober.close()


def state_of(bench: Bench, document_id: str) -> State:
    document = bench.ledger.document(document_id)
    assert document is not None
    return document.state


# ---- while it is carried -------------------------------------------------------------------------


def test_a_document_that_somebody_took_from_work_is_told_once_and_not_tried_again(
    bench: Bench,
) -> None:
    carrying = meddled(bench, Path.unlink)
    carrying.drop("a.pdf")
    carrying.start()

    until(lambda: events(bench, "document.failed") != [])
    until(lambda: carrying.lane.backlog.size == 0)
    carrying.lane.inbox_opened()
    finished(carrying)

    (told,) = events(bench, "document.failed")
    assert (told["error"], told["state"]) == ("document_missing", "uploaded")
    assert told["invoice_id"]
    assert state_of(bench, "id-0") is State.UPLOADED
    assert carrying.lane.barred == 1
    assert complaints(bench) == []


def test_a_document_that_is_gone_before_it_was_read_is_told(bench: Bench) -> None:
    def move_and_lose(source: Path, target: Path) -> None:
        moves.move(source, target)
        target.unlink()

    work = Workplace(bench.inbox, take=move_and_lose)
    carrying = Carrying(bench, replace(bench.stages, workplace=work))
    carrying.drop("a.pdf")
    carrying.start()

    until(lambda: events(bench, "document.failed") != [])
    finished(carrying)

    assert state_of(bench, "id-0") is State.CLAIMED
    assert carrying.lane.backlog.size == 0


def test_what_became_of_a_create_is_asked_though_the_file_is_gone(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    bench.kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CHECK))  # strikes the first check
    bench.kanbert.faults.add(Fault(operation=CHECK, status=500))
    carrying = Carrying(bench)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.backlog.size == 1 and not carrying.lane.backlog.in_hand)
    bench.stages.workplace.file("id-0", "a.pdf").unlink()

    carrying.later(1)
    until(lambda: bench.kanbert.journal.count(CHECK) == 2)
    until(lambda: not carrying.lane.backlog.in_hand)
    assert events(bench, "document.failed") == []
    carrying.later(20)
    until(lambda: events(bench, "document.failed") != [])
    finished(carrying)

    assert events(bench, "document.failed")[0]["state"] == "uploaded"


@pytest.mark.in_a_file
def test_one_that_is_closed_while_kanbert_is_still_asked_about_it_is_let_go_of(
    bench: Bench, tmp_path: Path
) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    bench.kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CHECK))  # strikes the first check
    bench.kanbert.faults.add(Fault(operation=CHECK, status=500))
    carrying = Carrying(bench)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.backlog.size == 1 and not carrying.lane.backlog.in_hand)
    bench.stages.workplace.file("id-0", "a.pdf").unlink()
    document = bench.ledger.document("id-0")
    assert document is not None
    assert document.state is State.UNKNOWN

    with closing(new_ledger(tmp_path / "state")) as of_another_process:
        close(document, of_another_process)

    carrying.pass_time_until(lambda: carrying.lane.backlog.size == 0)
    finished(carrying)
    assert state_of(bench, "id-0") is State.FILED
    assert carrying.lane.held == []
    assert complaints(bench) == []


def test_a_share_that_is_gone_takes_no_document_for_missing(bench: Bench) -> None:
    away = bench.inbox.with_name("away")
    carrying = meddled(bench, lambda _: bench.inbox.rename(away))
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.backlog.size == 1 and not carrying.lane.backlog.in_hand)
    away.rename(bench.inbox)

    carrying.later(AGAIN_LATER)
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    finished(carrying)

    assert (bench.inbox / "done/a.pdf").is_file()
    assert events(bench, "document.failed") == []
    assert bench.kanbert.journal.count(CREATE) == 1


def test_one_that_was_filed_on_a_share_that_is_away_is_not_missing_but_waits_for_it(
    bench: Bench, tmp_path: Path
) -> None:
    archive, away = tmp_path / "archive", tmp_path / "away"

    def confirm(_: Path) -> None:
        if away.exists():
            raise FolderUnusable("Its share is away.")

    cabinet = Cabinet(archive, archive, archive, confirm=confirm)
    carrying = Carrying(bench, replace(bench.stages, cabinet=cabinet))
    document = bench.ledger.plan(gone(bench, State.UPLOADED), str(archive / "invoice.pdf"))
    away.mkdir()
    (away / "invoice.pdf").write_bytes(INVOICE)  # moved, and then the process died

    carrying.lane.inbox_opened()
    carrying.start()
    until(lambda: "Its share is away." in [one["error"] for one in complaints(bench)])
    away.rename(archive)
    until(lambda: not carrying.lane.backlog.in_hand)
    carrying.later(10 * AGAIN_LATER)
    until(lambda: state_of(bench, document.id) is State.FILED)
    finished(carrying)

    assert events(bench, "document.failed") == []


def test_one_that_was_filed_though_the_share_said_otherwise_is_filed(bench: Bench) -> None:
    class Lying(Cabinet):
        def put_away(self, source: Path, folder: Path, **how: Any) -> Path:
            super().put_away(source, folder, **how)
            raise OSError(errno.EREMOTEIO, "what was done already cannot be done again")

    done, failed = bench.inbox / "done", bench.inbox / "failed"
    carrying = Carrying(bench, replace(bench.stages, cabinet=Lying(done, failed, done)))
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.backlog.size == 1 and not carrying.lane.backlog.in_hand)

    carrying.later(AGAIN_LATER)
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    finished(carrying)

    assert len(events(bench, "document.delivered")) == 1
    assert events(bench, "document.failed") == []


def test_a_document_that_is_gone_when_the_daemon_stops_is_told(bench: Bench) -> None:
    carrying = Carrying(bench)
    document = bench.claim()
    carrying.lane.backlog.come_back_to(document, wait=1000)
    bench.stages.workplace.file(document.id, document.name).unlink()

    carrying.start()
    finished(carrying)

    assert len(events(bench, "document.failed")) == 1
    assert state_of(bench, document.id) is State.CLAIMED


def test_only_a_plain_no_such_file_says_that_it_is_gone(bench: Bench) -> None:
    document, stranded = bench.claim(), Stranded(bench.stages)

    assert not stranded.is_gone(document)
    assert stranded.is_gone(replace(document, id="another"))
    assert not stranded.is_gone(replace(document, name="x" * 300))  # the system says otherwise


def test_a_missing_document_that_is_back_at_the_next_opening_is_carried_on(bench: Bench) -> None:
    away = bench.inbox.with_name("away.pdf")
    carrying = meddled(bench, lambda source: source.rename(away))
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: events(bench, "document.failed") != [])
    ((folder),) = bench.stages.workplace.folder.iterdir()
    away.rename(folder / "a.pdf")

    carrying.lane.inbox_opened()
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    finished(carrying)

    assert (bench.inbox / "done/a.pdf").is_file()
    assert carrying.lane.barred == 0


def test_one_that_a_person_closed_is_told_no_more_from_the_next_look_on(bench: Bench) -> None:
    carrying = meddled(bench, Path.unlink)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: carrying.lane.held != [])
    until(lambda: carrying.lane.backlog.size == 0)
    (held,) = carrying.lane.held
    document = bench.ledger.document(held.id)
    assert document is not None
    assert f"Kanbert has it as invoice {document.invoice_id}." in held.error
    assert "ingestd history --missing --close" in held.hint

    carrying.list_inbox()
    assert carrying.lane.held == [held]
    close(document, bench.ledger)
    carrying.list_inbox()

    assert carrying.lane.held == []
    assert carrying.lane.barred == 0
    finished(carrying)


def test_one_that_is_told_is_told_on_where_the_ledger_cannot_be_read(bench: Bench) -> None:
    class Unreadable(Ledger):
        def __init__(self, ledger: Ledger) -> None:
            self.__dict__.update(ledger.__dict__)
            self.readable = True

        def document(self, document_id: str) -> Document | None:
            if not self.readable:
                raise LedgerUnusable("no answer")
            return super().document(document_id)

    ledger = Unreadable(bench.ledger)
    stranded = Stranded(replace(bench.stages, ledger=ledger))
    document = gone(bench, State.ACCEPTED)
    stranded.give_up(document)
    close(document, bench.ledger)
    ledger.readable = False

    assert not stranded.forget_ended()
    assert len(stranded.documents) == 1


def test_a_ledger_that_cannot_be_read_is_asked_again(bench: Bench) -> None:
    class Unreadable(Ledger):
        def __init__(self, ledger: Ledger) -> None:
            self.__dict__.update(ledger.__dict__)
            self.failures = 1

        def document(self, document_id: str) -> Document | None:
            if self.failures:
                self.failures -= 1
                raise LedgerUnusable("no answer")
            return super().document(document_id)

    ledger = Unreadable(bench.ledger)
    carrying = meddled(bench, Path.unlink, ledger)
    carrying.drop("a.pdf")
    carrying.start()
    until(lambda: ledger.failures == 0 and not carrying.lane.backlog.in_hand)

    carrying.later(AGAIN_LATER)

    until(lambda: events(bench, "document.failed") != [])
    finished(carrying)


# ---- taken over by another ingestd ---------------------------------------------------------------


def gone(bench: Bench, state: State, name: str = "acme/invoice.pdf") -> Document:
    """A document whose file is in `work/` no more."""
    document = bench.claim(name=name)
    if state is not State.CLAIMED:
        bench.kanbert.faults.add(Fault(status=503))
        document = bench.carry_until(Exception, document)
    if state is State.UPLOADED:
        document = bench.ledger.advance(document, State.UPLOADING)
        document = bench.ledger.advance(document, State.UPLOADED)
    bench.stages.workplace.file(document.id, document.name).unlink()
    return document


@pytest.mark.parametrize("state", [State.ACCEPTED, State.UPLOADED])
@pytest.mark.parametrize(
    "there",
    [
        "acme/invoice.pdf",
        "acme/invoice (2).pdf",
        "done/acme/invoice.pdf",
        "done/acme/invoice (2).pdf",
        "done/acme/invoice (9).pdf",
        "failed/acme/invoice.pdf",
        ".ingestd/work/another/acme/invoice.pdf",
    ],
)
def test_a_document_that_another_ingestd_has_is_not_missing(
    bench: Bench, state: State, there: str
) -> None:
    document = gone(bench, state)
    path = bench.inbox / there
    path.parent.mkdir(parents=True, exist_ok=True)
    if "(2)" in there:
        path.with_name("invoice.pdf").write_bytes(bytes(len(INVOICE)))
    path.write_bytes(INVOICE)

    Stranded(bench.stages).give_up(document)

    assert events(bench, "document.failed") == []
    assert str(path) in events(bench, "document.deferred")[-1]["reason"]
    expected = State.FILED if state is State.UPLOADED else State.RELEASED
    assert state_of(bench, document.id) is expected
    assert path.read_bytes() == INVOICE


def test_one_that_failed_there_is_known_by_the_name_it_was_cut_to(bench: Bench) -> None:
    document = gone(bench, State.ACCEPTED, "a" * 251 + ".pdf")
    path = bench.inbox / "failed" / ("a" * 240 + ".pdf")  # which leaves room for its reason
    path.parent.mkdir()
    path.write_bytes(INVOICE)

    Stranded(bench.stages).give_up(document)

    assert str(path) in events(bench, "document.deferred")[-1]["reason"]


@pytest.mark.parametrize("shut", [".", "failed", ".ingestd/work"])
def test_folders_that_cannot_be_looked_through_keep_it_from_being_found_in_no_other(
    bench: Bench, shut: str
) -> None:
    document = gone(bench, State.ACCEPTED, "invoice.pdf")
    for folder in ("failed", "duplicates"):
        (bench.inbox / folder).mkdir()
    path = bench.inbox / "duplicates/invoice.pdf"
    path.write_bytes(INVOICE)
    cabinet = Cabinet(bench.inbox / "done", bench.inbox / "failed", path.parent)
    stages = replace(bench.stages, cabinet=cabinet)
    (bench.inbox / shut).chmod(0o100)

    bound_by_rights(lambda: Stranded(stages).give_up(document))

    (bench.inbox / shut).chmod(0o700)
    assert str(path) in events(bench, "document.deferred")[-1]["reason"]


def test_a_file_that_cannot_be_read_is_passed_over(bench: Bench) -> None:
    document = gone(bench, State.ACCEPTED, "invoice.pdf")
    (bench.inbox / "done").mkdir()
    for path in (bench.inbox / "invoice.pdf", bench.inbox / "done/invoice.pdf"):
        path.write_bytes(INVOICE)
    (bench.inbox / "invoice.pdf").chmod(0)

    bound_by_rights(lambda: Stranded(bench.stages).give_up(document))

    assert str(bench.inbox / "done") in events(bench, "document.deferred")[-1]["reason"]


def test_one_is_told_though_work_cannot_be_looked_through(bench: Bench) -> None:
    document = gone(bench, State.ACCEPTED)
    bench.stages.workplace.folder.chmod(0o100)

    bound_by_rights(lambda: Stranded(bench.stages).give_up(document))

    bench.stages.workplace.folder.chmod(0o700)
    assert len(events(bench, "document.failed")) == 1


@pytest.mark.parametrize("there", ["done/acme/invoice.pdf", ".ingestd/work/another/invoice.pdf"])
@pytest.mark.parametrize("state", [State.CLAIMED, State.ACCEPTED])
def test_other_files_are_not_taken_for_it(bench: Bench, state: State, there: str) -> None:
    document = gone(bench, state)
    path = bench.inbox / there
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(len(INVOICE)))

    Stranded(bench.stages).give_up(document)

    assert len(events(bench, "document.failed")) == 1
    assert state_of(bench, document.id) is state


def test_what_is_no_file_is_not_opened(bench: Bench) -> None:
    document = gone(bench, State.ACCEPTED)
    (bench.inbox / "done/acme").mkdir(parents=True)
    os.mkfifo(bench.inbox / "done/acme/invoice.pdf")  # would keep who reads it waiting for ever

    Stranded(bench.stages).give_up(document)

    assert len(events(bench, "document.failed")) == 1


def test_one_that_was_taken_before_it_was_read_is_known_by_its_name(bench: Bench) -> None:
    document = gone(bench, State.CLAIMED)
    path = bench.stages.workplace.file("another", document.name)
    path.parent.mkdir(parents=True)
    path.write_bytes(INVOICE)

    Stranded(bench.stages).give_up(document)

    assert events(bench, "document.failed") == []
    assert state_of(bench, document.id) is State.RELEASED


def test_a_document_that_the_ledger_knows_to_be_filed_is_nothing_to_speak_of(bench: Bench) -> None:
    document = bench.claim()
    filed = bench.carry(document)

    Stranded(bench.stages).give_up(replace(filed, state=State.UPLOADED))

    assert events(bench, "document.failed") == []


# ---- what else needs a person --------------------------------------------------------------------


@pytest.mark.parametrize("gone", [False, True])
def test_a_document_of_an_account_that_its_inbox_left_needs_a_person(
    bench: Bench, gone: bool
) -> None:
    document = bench.claim()
    if gone:
        bench.stages.workplace.file(document.id, document.name).unlink()
    bench.ledger.advance(document, State.ACCEPTED, sha256="ab")
    bench.ledger.advance(replace(document, state=State.ACCEPTED), State.UPLOADING)
    stranded = Stranded(bench.stages)

    for _ in range(2):
        assert found(bench, "another", stranded=stranded) == []

    (held,) = stranded.documents
    assert (held.path, "account main" in held.error) == (document.name, True)
    assert len(events(bench, "document.ambiguous")) == 1


def test_a_claim_that_was_written_down_though_the_answer_got_lost_is_undone(bench: Bench) -> None:
    class Deaf(Ledger):
        def __init__(self, ledger: Ledger) -> None:
            self.__dict__.update(ledger.__dict__)

        def add(self, document: Document) -> None:
            super().add(document)
            raise LedgerUnusable("the connection broke")

    carrying = Carrying(bench, replace(bench.stages, ledger=Deaf(bench.ledger)))
    carrying.drop("a.pdf")
    carrying.start()

    until(lambda: carrying.returned != [])
    until(lambda: not carrying.lane.backlog.in_hand)
    finished(carrying)

    assert state_of(bench, "id-0") is State.RELEASED
    assert found(bench) == []
    assert events(bench, "document.failed") == []
