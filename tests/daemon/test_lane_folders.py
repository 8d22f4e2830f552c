"""A lane whose inbox may not be written, or whose done folder is full or may not be."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.deferral import LONGEST_BETWEEN_TRIES
from ingestd.errors import FolderUnusable, StorageFailed
from ingestd.model import Document, Outcome, State
from tests.daemon.carrying import Carrying, complaints, until
from tests.hardship import (
    bound_by_rights,
    fill,
    make_room,
    read_only,
    small_filesystem,
    where_the_disk_answers,
)
from tests.workbench import CREATE, Bench

Unusable = AbstractContextManager[Path]

NAMES = ["a.pdf", "b.pdf", "c.pdf"]


@contextmanager
def without_room(done: Path) -> Iterator[Path]:
    fill(done)
    yield done
    make_room(done)


@pytest.fixture(params=["full", "read-only", "read-only, on the inbox's filesystem"])
def unusable(bench: Bench, request: pytest.FixtureRequest) -> Iterator[Unusable]:
    """How the done folder becomes unusable."""
    done = bench.inbox / "done"
    if "inbox" in request.param:
        done.mkdir()
        yield read_only(done)
        return
    with small_filesystem(done, "1m"):
        yield without_room(done) if request.param == "full" else read_only(done)


def until_waiting(carrying: Carrying, number: int) -> None:
    """Wait until so many were delivered and could not be put away."""

    def waiting() -> bool:
        states = [document.state for document in carrying.bench.ledger.under_way("scanner")]
        return states == [State.UPLOADED] * number and carrying.lane.backlog.in_hand == 0

    until(waiting)


def test_what_was_delivered_waits_for_a_done_folder_and_is_not_sent_again(
    bench: Bench, unusable: Unusable
) -> None:
    carrying = Carrying(bench)
    with unusable:
        carrying.drop(*NAMES)
        bound_by_rights(carrying.start)
        until_waiting(carrying, 1)
        for sent in (2, 3):
            carrying.later(LONGEST_BETWEEN_TRIES)
            until_waiting(carrying, sent)  # and those before it were tried again
        assert len(complaints(bench)) == 1
        assert str(bench.inbox / "done") in complaints(bench)[0]["error"]
        assert complaints(bench)[0]["level"] == "error"

    carrying.later(LONGEST_BETWEEN_TRIES)

    carrying.wait_for(lambda: len(carrying.filed) == len(NAMES))
    carrying.at_rest()
    assert carrying.outcomes() == [(name, Outcome.DELIVERED) for name in NAMES]
    done = {path.name: path.read_bytes() for path in (bench.inbox / "done").iterdir()}
    assert done == {name: pdf(name) for name in NAMES}
    assert bench.kanbert.journal.count(CREATE) == bench.kanbert.store.count() == len(NAMES)
    carrying.prober.close()


def test_a_read_only_inbox_is_named_once_and_tried_again_quietly(bench: Bench) -> None:
    carrying = Carrying(bench)
    carrying.drop(*NAMES)
    with read_only(bench.inbox):
        bound_by_rights(carrying.start)
        for _ in range(3):
            carrying.drop(*NAMES)
            until(lambda: carrying.lane.backlog.size == 0)
        assert carrying.lane.barred == len(NAMES)
        assert len(complaints(bench)) == 1
        assert bench.kanbert.journal.count() == 0

    carrying.drop(*NAMES)

    carrying.wait_for(lambda: len(carrying.filed) == len(NAMES))
    carrying.at_rest()
    assert carrying.lane.barred == 0
    assert bench.kanbert.store.count() == len(NAMES)
    carrying.prober.close()


def test_a_document_that_cannot_be_copied_is_named_itself_and_not_its_folder(bench: Bench) -> None:
    with small_filesystem(bench.inbox / "done", "1m") as done:
        fill(done)
        document = bench.claim(name="a.pdf")
        with pytest.raises(FolderUnusable, match=r"^Documents cannot be put into"):
            bench.carry(document)
        make_room(done)
        path = bench.stages.workplace.file(document.id, document.name)
        path.chmod(0)

        with pytest.raises(PermissionError, match=r"a\.pdf"):
            bound_by_rights(lambda: bench.carry(remembered(bench, document)))

        path.chmod(0o600)
        assert bench.carry(remembered(bench, document)).state is State.FILED


def test_a_copy_that_may_not_last_is_no_reason_to_remove_the_document(
    bench: Bench, tmp_path: Path
) -> None:
    (bench.inbox / "done").touch()  # in the way
    document = bench.carry_until(FolderUnusable, bench.claim(name="a.pdf"))
    done = tmp_path / "archive"  # outside of the inbox: a document is copied there
    done.mkdir()
    path = bench.stages.workplace.file(document.id, document.name)
    (done / "a.pdf").write_bytes(path.read_bytes())  # by a copy that died before the end
    document = bench.ledger.plan(document, str(done / "a.pdf"))

    with pytest.raises(StorageFailed):
        where_the_disk_answers(errno.EIO, ["fsync"], lambda: bench.carry(document))

    assert path.exists()
    assert bench.carry(document).state is State.FILED
    assert [path.name for path in done.iterdir()] == ["a.pdf"]


def test_a_file_that_may_not_be_read_any_more_is_named_with_what_to_do(bench: Bench) -> None:
    carrying = Carrying(bench)
    carrying.drop(*NAMES)
    (bench.inbox / "b.pdf").chmod(0)
    bound_by_rights(carrying.start)

    carrying.wait_for(lambda: len(carrying.filed) == 2)
    until(lambda: len(complaints(bench)) == 1)

    assert complaints(bench)[0]["path"] == "b.pdf"
    assert "the right to read" in complaints(bench)[0]["hint"]
    carrying.at_rest()
    assert (bench.inbox / "b.pdf").exists()  # nothing of it was sent
    carrying.prober.close()


def remembered(bench: Bench, document: Document) -> Document:
    known = bench.ledger.document(document.id)
    assert known is not None
    return known
