"""Finishing what an attempt to file a document left when it died."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from ingestd.daemon.stranded import Stranded
from ingestd.errors import StorageFailed
from ingestd.model import Document, Outcome, State
from ingestd.refiling import finish_filing
from tests.daemon.carrying import Carrying, complaints, events, until
from tests.daemon.recovering import found
from tests.hardship import bound_by_rights, small_filesystem, where_the_disk_answers
from tests.workbench import INVOICE, Bench


def planned(bench: Bench, state: State = State.UPLOADED) -> Document:
    """A document that was about to be moved to its last folder."""
    folder = bench.inbox / ("failed" if state is State.FAILED else "done")
    (bench.inbox / folder.name).write_text("a file where the folder should be")
    document = bench.claim(INVOICE if state is State.UPLOADED else b"Dear Sir or Madam")
    with pytest.raises(Exception, match="cannot be put into"):
        bench.carry(document)
    folder.unlink()
    folder.mkdir()
    document = remembered(bench, document)
    assert document.state is state
    return bench.ledger.plan(document, str(folder / document.name))


def remembered(bench: Bench, document: Document) -> Document:
    known = bench.ledger.document(document.id)
    assert known is not None
    return known


def file_of(bench: Bench, document: Document) -> Path:
    return bench.stages.workplace.file(document.id, document.name)


@pytest.mark.parametrize("state", [State.UPLOADED, State.FAILED])
def test_one_that_was_moved_is_filed(bench: Bench, state: State) -> None:
    document = planned(bench, state)
    file_of(bench, document).rename(document.destination)

    assert finish_filing(document, bench.stages)

    assert remembered(bench, document).state is State.FILED


@pytest.mark.parametrize("there", [b"", bytes(len(INVOICE))], ids=["empty", "of its size"])
def test_another_file_under_the_planned_name_is_not_taken_for_one_that_is_gone(
    bench: Bench, there: bytes
) -> None:
    document = planned(bench)
    file_of(bench, document).unlink()
    Path(document.destination).write_bytes(there)

    assert not finish_filing(document, bench.stages)

    assert remembered(bench, document).state is State.UPLOADED
    assert Stranded(bench.stages).is_gone(document)


def test_a_document_that_is_gone_is_told_though_another_file_has_its_planned_name(
    bench: Bench,
) -> None:
    document = planned(bench)
    file_of(bench, document).unlink()
    Path(document.destination).write_bytes(b"another")

    assert found(bench) == []

    (told,) = events(bench, "document.failed")
    assert (told["document"], told["error"]) == (document.id, "document_missing")


def test_nothing_is_called_filed_before_the_disk_has_its_new_name(bench: Bench) -> None:
    document = planned(bench)
    file_of(bench, document).rename(document.destination)

    with pytest.raises(StorageFailed, match=str(Path(document.destination).parent)):
        where_the_disk_answers(errno.EIO, ["fsync"], lambda: finish_filing(document, bench.stages))

    assert remembered(bench, document).state is State.UPLOADED


def copied(bench: Bench, archive: Path) -> Document:
    """A document that was copied to a folder outside of its inbox, and not removed here yet."""
    archive.mkdir()
    document = bench.ledger.plan(planned(bench), str(archive / "invoice.pdf"))
    Path(document.destination).write_bytes(INVOICE)
    return document


def test_one_that_was_copied_is_removed_and_filed(bench: Bench, tmp_path: Path) -> None:
    document = copied(bench, tmp_path / "archive")

    assert finish_filing(document, bench.stages)

    assert remembered(bench, document).state is State.FILED
    assert not file_of(bench, document).exists()


def test_equal_bytes_in_the_inbox_s_own_folder_are_somebody_else_s(bench: Bench) -> None:
    """Within a filesystem nothing is copied."""
    document = planned(bench)
    Path(document.destination).write_bytes(INVOICE)

    assert not finish_filing(document, bench.stages)

    assert file_of(bench, document).read_bytes() == INVOICE


def test_one_that_was_copied_to_what_is_mounted_in_the_inbox_is_removed_and_filed(
    bench: Bench,
) -> None:
    document = planned(bench)
    with small_filesystem(Path(document.destination).parent, "1m"):
        Path(document.destination).write_bytes(INVOICE)

        assert finish_filing(document, bench.stages)

    assert not file_of(bench, document).exists()


def test_an_original_is_not_removed_before_the_disk_has_its_copy(
    bench: Bench, tmp_path: Path
) -> None:
    document = copied(bench, tmp_path / "archive")

    with pytest.raises(StorageFailed, match=document.destination):
        where_the_disk_answers(errno.EIO, ["fsync"], lambda: finish_filing(document, bench.stages))

    assert file_of(bench, document).exists()


def test_what_was_written_to_after_it_was_copied_is_not_removed(
    bench: Bench, tmp_path: Path
) -> None:
    document = copied(bench, tmp_path / "archive")
    file_of(bench, document).write_bytes(INVOICE + b"and more")

    assert not finish_filing(document, bench.stages)

    assert file_of(bench, document).read_bytes() == INVOICE + b"and more"


def test_a_symlink_that_failed_as_such_is_known_by_its_name(bench: Bench) -> None:
    document = bench.claim()
    path = file_of(bench, document)
    path.unlink()
    path.symlink_to("nothing")
    facts = {"outcome": Outcome.FAILED, "reason": "It is no file."}
    document = bench.ledger.advance(document, State.FAILED, **facts)
    document = bench.ledger.plan(document, str(bench.inbox / "failed/invoice.pdf"))
    (bench.inbox / "failed").mkdir()
    path.rename(document.destination)

    assert finish_filing(document, bench.stages)


def test_one_that_cannot_be_read_any_more_where_it_was_filed_keeps_no_other_waiting(
    bench: Bench,
) -> None:
    document = planned(bench)
    destination = file_of(bench, document).rename(document.destination)
    destination.chmod(0)

    carrying = bound_by_rights(lambda: Carrying(bench))  # finds it, as a start does
    carrying.drop("a.pdf")
    bound_by_rights(carrying.start)
    carrying.wait_for(lambda: len(carrying.filed) == 1)
    until(lambda: len(complaints(bench)) == 1)
    destination.chmod(0o600)
    carrying.later(1000)
    carrying.wait_for(lambda: len(carrying.filed) == 2)
    carrying.end()

    assert remembered(bench, document).state is State.FILED
    assert complaints(bench)[0]["document"] == document.id
    assert events(bench, "document.failed") == []
