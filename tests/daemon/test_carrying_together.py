"""A lane takes along what belongs to a document, and looks for nothing where nothing does."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ingestd.intake import Candidate, Look, Workplace
from ingestd.intake.pairing import Entry
from ingestd.sandbox import Fault
from tests.daemon.carrying import Carrying
from tests.workbench import CREATE, INVOICE, Bench


class Unseen(Workplace):
    """A workplace in which nobody may look for what belongs to a document."""

    def sidecars(self, document_id: str, name: str) -> list[Path]:
        raise AssertionError(f"{document_id} was looked through for what belongs to {name}")


def dropped(inbox: Path, *sidecars: str) -> Candidate:
    (inbox / "invoice.pdf").write_bytes(INVOICE)
    for name in sidecars:
        (inbox / name).write_text('invoice_number = "R-17"')
    beside = [Entry(name, Look.of((inbox / name).stat()), is_sidecar=True) for name in sidecars]
    return Candidate("invoice.pdf", Look.of((inbox / "invoice.pdf").stat()), tuple(beside))


def carry(carrying: Carrying, candidate: Candidate) -> None:
    carrying.start()
    carrying.lane.offer([candidate], 0, 0, 0, [])
    carrying.pass_time_until(lambda: bool(carrying.filed))
    carrying.end()


def test_what_was_claimed_with_a_document_is_sent_and_put_away_with_it(bench: Bench) -> None:
    carry(Carrying(bench), dropped(bench.inbox, "invoice.toml"))

    (invoice,) = bench.kanbert.store.invoices()
    assert invoice.invoice_number == "R-17"
    assert sorted(os.listdir(bench.inbox / "done")) == ["invoice.pdf", "invoice.toml"]


def test_it_is_put_away_with_a_document_that_had_to_wait(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(status=500, operation=CREATE))

    carry(Carrying(bench), dropped(bench.inbox, "invoice.toml"))

    assert sorted(os.listdir(bench.inbox / "done")) == ["invoice.pdf", "invoice.toml"]


def test_the_folder_of_what_was_claimed_alone_is_not_looked_through(bench: Bench) -> None:
    stages = replace(bench.stages, workplace=Unseen(bench.inbox))

    carry(Carrying(bench, stages), dropped(bench.inbox))

    assert os.listdir(bench.inbox / "done") == ["invoice.pdf"]
