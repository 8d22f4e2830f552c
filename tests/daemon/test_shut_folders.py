"""A folder in `work/` that cannot be read is told once, counted, and keeps nothing else back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingestd.daemon.stranded import Stranded
from ingestd.model import Document, State
from tests.daemon.carrying import Carrying, complaints, events
from tests.daemon.recovering import found
from tests.hardship import bound_by_rights
from tests.workbench import INVOICE, Bench


@contextmanager
def shut(folder: Path, mode: int = 0) -> Iterator[Path]:
    folder.chmod(mode)
    try:
        yield folder
    finally:
        folder.chmod(0o700)


def found_within_rights(bench: Bench, stranded: Stranded, *in_hand: str) -> list[Document]:
    return bound_by_rights(lambda: found(bench, stranded=stranded, in_hand=in_hand))


def folder_of(bench: Bench, document: Document) -> Path:
    return bench.stages.workplace.folder / document.id


def test_the_inbox_is_served_and_the_folder_is_named_once_and_counted(bench: Bench) -> None:
    document = bench.claim(name="seen by nobody.pdf")

    with shut(folder_of(bench, document)) as folder:
        carrying = bound_by_rights(lambda: Carrying(bench))  # which opens the inbox
        bound_by_rights(carrying.lane.inbox_opened)
        carrying.drop("a.pdf")
        carrying.start()
        carrying.wait_for(lambda: len(carrying.filed) == 1)
        carrying.end()

    (told,) = complaints(bench)
    assert str(folder) in told["error"]
    assert "start ingestd again" in told["hint"]
    assert carrying.lane.barred == 1


def test_what_is_in_it_is_not_taken_for_missing(bench: Bench) -> None:
    document, stranded = bench.claim(), Stranded(bench.stages)

    with shut(folder_of(bench, document)):
        assert found_within_rights(bench, stranded) == []

    assert events(bench, "document.failed") == []
    (held,) = stranded.documents
    assert "cannot be read" in held.error


def test_it_is_carried_on_and_not_counted_any_more_once_it_can_be_read(bench: Bench) -> None:
    document, stranded = bench.claim(), Stranded(bench.stages)
    with shut(folder_of(bench, document)):
        found_within_rights(bench, stranded)

    (recovered,) = found_within_rights(bench, stranded)

    assert recovered.id == document.id
    assert stranded.documents == []


def test_a_folder_of_what_is_in_hand_is_its_worker_s_to_tell(bench: Bench) -> None:
    document, stranded = bench.claim(), Stranded(bench.stages)

    with shut(folder_of(bench, document)):
        assert found_within_rights(bench, stranded, document.id) == []

    assert stranded.documents == []


def test_a_file_that_is_seen_and_cannot_be_reached_is_told_of(bench: Bench) -> None:
    document = bench.claim()
    bench.ledger.advance(document, State.RELEASED)  # and it was not moved back yet

    with shut(folder_of(bench, document), 0o400):
        (waiting,) = found_within_rights(bench, Stranded(bench.stages))

    assert waiting.state is State.RELEASED
    assert [one["document"] for one in complaints(bench)] == [document.id]


def test_a_stray_folder_whose_name_is_no_text_is_left_where_it_cannot_be_taken_over(
    bench: Bench,
) -> None:
    work = bench.stages.workplace.folder
    stray = work / os.fsdecode(b"b\xfcro")
    stray.mkdir()
    (stray / "a.pdf").write_bytes(INVOICE)

    with shut(work, 0o500), pytest.raises(PermissionError):
        found_within_rights(bench, Stranded(bench.stages))

    assert (stray / "a.pdf").read_bytes() == INVOICE
