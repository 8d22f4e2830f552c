"""What a start finds of documents with sidecars, wherever the one before it died."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd import moves
from ingestd.daemon.stranded import Stranded
from ingestd.model import Document, Outcome, State
from tests.daemon.recovering import found
from tests.daemon.test_recovery import with_outcome
from tests.workbench import INVOICE, Bench

SAID = "notes = 'x'"


def visible(bench: Bench) -> dict[str, str]:
    """What people see, with the text of the sidecars."""
    paths = (path for path in bench.inbox.rglob("*") if path.is_file())
    names = {str(path.relative_to(bench.inbox)): path for path in paths}
    return {
        name: path.read_text() if name.endswith("toml") else ""
        for name, path in names.items()
        if not name.startswith(".")
    }


def in_work(bench: Bench, document_id: str, **files: bytes) -> None:
    folder = bench.stages.workplace.folder / document_id
    folder.mkdir()
    for suffix, data in files.items():
        (folder / f"invoice.{suffix}").write_bytes(data)


def left_in_work(bench: Bench) -> list[Path]:
    return list(bench.stages.workplace.folder.iterdir())


def test_a_sidecar_that_was_claimed_without_its_document_goes_back(bench: Bench) -> None:
    in_work(bench, "id-9", toml=SAID.encode())
    (bench.inbox / "invoice.pdf").write_bytes(INVOICE)

    assert found(bench) == []

    assert visible(bench) == {"invoice.pdf": "", "invoice.toml": SAID}
    assert left_in_work(bench) == []
    assert "document.recovered" in bench.events()


def test_a_document_without_a_row_is_delivered_with_its_sidecar(bench: Bench) -> None:
    in_work(bench, "id-9", pdf=INVOICE, toml=SAID.encode())

    (document,) = found(bench)
    filed = bench.carry(document)

    assert (filed.name, filed.outcome) == ("invoice.pdf", Outcome.DELIVERED)
    assert bench.kanbert.store.invoices()[0].notes == "x"
    assert visible(bench) == {"done/invoice.pdf": "", "done/invoice.toml": SAID}


def test_an_e_invoice_that_was_claimed_for_a_document_is_carried_on(bench: Bench) -> None:
    claimed = bench.claim(b"<Invoice/>", "invoice.xml")

    (document,) = found(bench)

    assert document.id == claimed.id
    assert bench.carry(document).outcome is Outcome.FAILED


def test_an_e_invoice_that_was_filed_alone_is_not_put_back_as_well(bench: Bench) -> None:
    """As where its copy was made and the disk failed before the original was removed."""
    filed = bench.carry(bench.claim(b"<Invoice/>", "invoice.xml"))
    in_work(bench, filed.id, xml=b"<Invoice/>")

    assert found(bench) == []

    assert set(visible(bench)) == {"failed/invoice.xml", "failed/invoice.xml.reason.txt"}
    assert left_in_work(bench) == []


def test_an_e_invoice_of_which_nothing_is_remembered_goes_back_to_settle(bench: Bench) -> None:
    in_work(bench, "id-9", xml=b"<Invoice/>")

    assert found(bench) == []

    assert set(visible(bench)) == {"invoice.xml"}
    assert left_in_work(bench) == []


def test_a_sidecar_follows_a_document_that_is_at_its_destination(bench: Bench) -> None:
    document = _filed_without_its_sidecar(bench)

    assert found(bench) == []

    closed = bench.ledger.document(document.id)
    assert closed is not None
    assert closed.state is State.FILED
    assert visible(bench) == {"done/invoice.pdf": "", "done/invoice.toml": SAID}
    assert left_in_work(bench) == []


def _filed_without_its_sidecar(bench: Bench) -> Document:
    document = with_outcome(bench, State.UPLOADED)
    target = bench.inbox / "done/invoice.pdf"
    target.parent.mkdir()
    work = bench.stages.workplace.file(document.id, document.name)
    work.with_suffix(".toml").write_text(SAID)
    planned = bench.ledger.plan(document, str(target))
    work.rename(target)
    return planned


@pytest.mark.parametrize("came_back", [{"toml"}, {"pdf", "toml"}], ids=["alone", "together"])
def test_a_sidecar_that_a_power_cut_brought_back_after_its_filing_is_not_put_into_the_inbox(
    bench: Bench, came_back: set[str]
) -> None:
    filed = bench.carry(bench.claim(sidecars={"invoice.toml": SAID}))
    files = {"pdf": INVOICE, "toml": SAID.encode()}
    in_work(bench, filed.id, **{suffix: files[suffix] for suffix in came_back})

    assert found(bench) == []

    assert visible(bench) == {"done/invoice.pdf": "", "done/invoice.toml": SAID}
    assert left_in_work(bench) == []


def test_what_came_beside_a_filed_document_with_another_content_goes_into_the_inbox(
    bench: Bench,
) -> None:
    filed = bench.carry(bench.claim(sidecars={"invoice.toml": SAID}))
    in_work(bench, filed.id, toml=b"notes = 'y'")

    assert found(bench) == []

    assert visible(bench)["invoice.toml"] == "notes = 'y'"
    assert visible(bench)["done/invoice.toml"] == SAID


def test_a_release_that_died_between_the_two_is_finished(bench: Bench) -> None:
    document = bench.claim(sidecars={"invoice.toml": SAID})
    bench.ledger.advance(document, State.RELEASED)
    bench.stages.workplace.file(document.id, "invoice.toml").rename(bench.inbox / "invoice.toml")

    assert found(bench) == []

    assert visible(bench) == {"invoice.pdf": "", "invoice.toml": SAID}


@pytest.mark.parametrize("remembered", [True, False])
def test_a_document_whose_sidecar_is_in_the_inbox_is_claimed_anew_with_it(
    bench: Bench, *, remembered: bool
) -> None:
    """As when a claim could not be written down, and its release died between the two."""
    if remembered:
        bench.claim()
    else:
        in_work(bench, "id-9", pdf=INVOICE)
    (bench.inbox / "invoice.toml").write_text(SAID)

    assert found(bench) == []

    assert visible(bench) == {"invoice.pdf": "", "invoice.toml": SAID}


def test_a_sidecar_that_waits_for_another_document_brings_none_back(bench: Bench) -> None:
    bench.claim()
    (bench.inbox / "invoice.pdf").write_bytes(b"the next one")
    (bench.inbox / "invoice.toml").write_text(SAID)

    (document,) = found(bench)

    bench.carry(document)


def test_a_sidecar_that_cannot_go_back_keeps_no_document_waiting(bench: Bench) -> None:
    in_work(bench, "id-8", pdf=INVOICE)
    folder = bench.stages.workplace.folder / "id-9" / "acme"
    folder.mkdir(parents=True)
    (folder / "invoice.toml").write_text(SAID)
    (bench.inbox / "acme").write_text("a file where the folder was")

    (document,) = found(bench)

    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    (named,) = [line for line in lines if line["event"] == "document.deferred"]
    assert named["path"] == "acme/invoice.toml"
    bench.carry(document)


def test_the_sidecar_of_a_document_that_is_nowhere_stays_and_the_document_is_told_of(
    bench: Bench,
) -> None:
    document = bench.claim(sidecars={"invoice.toml": SAID})
    bench.stages.workplace.file(document.id, document.name).unlink()
    stranded = Stranded(bench.stages)

    assert found(bench, stranded=stranded) == []

    assert len(stranded.documents) == 1
    assert bench.stages.workplace.file(document.id, "invoice.toml").read_text() == SAID


# ---- a share that another machine serves as well -------------------------------------------------


def half_claimed(bench: Bench) -> Callable[[], None]:
    """Another machine has the sidecar, and is about to move the document; tells how it does."""
    in_work(bench, "id-9", toml=SAID.encode())
    (bench.inbox / "invoice.pdf").write_bytes(INVOICE)

    def go_on() -> None:
        os.rename(bench.inbox / "invoice.pdf", bench.stages.workplace.file("id-9", "invoice.pdf"))

    return go_on


def test_a_living_claim_gets_no_document_whose_sidecar_is_put_back(bench: Bench) -> None:
    go_on = half_claimed(bench)

    def meanwhile(source: Path, target: Path) -> None:
        with suppress(FileNotFoundError):
            go_on()
        moves.move(source, target)

    workplace = replace(bench.stages.workplace, move=meanwhile)

    assert found(replace(bench, stages=replace(bench.stages, workplace=workplace))) == []

    assert visible(bench) == {"invoice.pdf": "", "invoice.toml": SAID}
    assert left_in_work(bench) == []


def test_a_document_that_came_to_its_sidecar_just_before_is_taken_over_with_it(
    bench: Bench,
) -> None:
    go_on = half_claimed(bench)
    ids = iter(["id-10", "id-11"])

    def just_before() -> str:
        with suppress(FileNotFoundError):
            go_on()
        return next(ids)

    (document,) = found(bench, new_id=just_before)
    bench.carry(document)

    assert bench.kanbert.store.invoices()[0].notes == "x"
    assert visible(bench) == {"done/invoice.pdf": "", "done/invoice.toml": SAID}
    assert left_in_work(bench) == []


def test_a_sidecar_that_another_machine_put_back_first_is_not_told_of(bench: Bench) -> None:
    in_work(bench, "id-9", toml=SAID.encode())

    def too_late() -> str:
        bench.stages.workplace.put_back_sidecars("id-9")
        return "id-10"

    assert found(bench, new_id=too_late) == []

    assert visible(bench) == {"invoice.toml": SAID}
    assert "document.deferred" not in bench.events()


def test_sidecars_that_cannot_be_taken_over_are_named_and_left_to_their_claim(
    bench: Bench,
) -> None:
    in_work(bench, "id-9", toml=SAID.encode())

    def two_by_that_name() -> str:
        (bench.stages.workplace.folder / "taken" / "x").mkdir(parents=True)
        return "taken"

    assert found(bench, new_id=two_by_that_name) == []

    assert bench.stages.workplace.file("id-9", "invoice.toml").read_text() == SAID
    assert "document.deferred" in bench.events()
