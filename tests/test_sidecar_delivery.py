"""A document's way with a sidecar beside it, against a Kanbert on a real socket."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.claimed import Claimed
from ingestd.describe import Rules
from ingestd.errors import DocumentChanged, FolderUnusable, OutcomeUnknown
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault
from tests.hardship import bound_by_rights
from tests.workbench import CHECK, CREATE, INVOICE, Bench

SAID = 'invoice_number = "R-17"\nnet_value = 1000.10\n[[vats]]\nvat = 20\nvalue = 200.02\n'


def carried(bench: Bench, **sidecars: str) -> Document:
    """Carry a document with sidecars that are given by their suffixes."""
    return bench.carry(bench.claim(sidecars={f"invoice.{key}": sidecars[key] for key in sidecars}))


def lying_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture(autouse=True)
def nothing_is_left_in_work(bench: Bench) -> Iterator[None]:
    yield
    assert list(bench.stages.workplace.folder.iterdir()) == []


def test_a_sidecar_s_fields_are_sent_and_it_is_put_away_beside_its_document(bench: Bench) -> None:
    filed = carried(bench, toml=SAID)

    (invoice,) = bench.kanbert.store.invoices()
    assert (invoice.invoice_number, invoice.sum_net) == ("R-17", 1000_10)  # in cents
    assert filed.outcome is Outcome.DELIVERED
    assert lying_in(bench.inbox / "done") == ["invoice.pdf", "invoice.toml"]
    assert (bench.inbox / "done/invoice.toml").read_text() == SAID


def test_its_fields_win_over_the_inbox_s_and_the_title_from_the_name(bench: Bench) -> None:
    rules = Rules({"invoice_number": "the inbox's", "type": "Credit"})
    stages = replace(bench.stages, rules=rules)

    carried(replace(bench, stages=stages), json='{"title": "Paper", "invoice_number": "its own"}')

    (invoice,) = bench.kanbert.store.invoices()
    assert (invoice.title, invoice.invoice_number, invoice.type) == ("Paper", "its own", "Credit")


def test_the_log_names_the_sidecar_and_nothing_of_what_it_says(bench: Bench) -> None:
    carried(bench, toml='notes = "confidential"')

    lines = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    (accepted,) = [line for line in lines if line["event"] == "document.accepted"]
    assert accepted["sidecars"] == ["invoice.toml"]
    assert "confidential" not in bench.log.getvalue()


def test_an_e_invoice_beside_its_document_goes_with_it(bench: Bench) -> None:
    carried(bench, xml="<Invoice/>")

    assert lying_in(bench.inbox / "done") == ["invoice.pdf", "invoice.xml"]


WRONG = {
    "a mistake": ({"toml": 'suplier_id = "x"'}, 'mean "supplier_id"'),
    "two": ({"toml": SAID, "json": "{}"}, "invoice.json and invoice.toml"),
    "empty": ({"json": ""}, "is empty"),
    "very large": ({"json": " " * 65_537}, "65,537 bytes"),
    "an id of ours": ({"json": '{"external_id": "Ingestd-17"}'}, "external_id"),
    "no id": ({"json": '{"external_id": "a\\nb"}'}, "external_id"),
}


@pytest.mark.parametrize(("sidecars", "said"), WRONG.values(), ids=WRONG)
def test_a_sidecar_that_cannot_be_used_fails_its_document_and_nothing_is_sent(
    bench: Bench, sidecars: dict[str, str], said: str
) -> None:
    filed = carried(bench, **sidecars)

    reason = (bench.inbox / "failed/invoice.pdf.reason.txt").read_text().splitlines()
    assert filed.outcome is Outcome.FAILED
    assert said in reason[0]
    assert bench.kanbert.journal.count() == 0
    together = ["invoice.pdf", "invoice.pdf.reason.txt", *(f"invoice.{key}" for key in sidecars)]
    assert lying_in(bench.inbox / "failed") == sorted(together)


@pytest.mark.parametrize(
    ("name", "said"), [("invoice.xml", "e-invoice in XML"), ("invoice.json", "a sidecar")]
)
def test_one_that_was_claimed_alone_fails_and_says_why(bench: Bench, name: str, said: str) -> None:
    filed = bench.carry(bench.claim(b"<Invoice/>", name))

    assert filed.outcome is Outcome.FAILED
    assert said in filed.reason
    assert (bench.inbox / "failed" / name).is_file()


def test_a_duplicate_s_sidecar_goes_with_it(bench: Bench) -> None:
    carried(bench, toml=SAID)

    second = carried(bench, toml="notes = 'again'")

    assert second.outcome is Outcome.DUPLICATE
    assert lying_in(bench.inbox / "done") == [
        "invoice (2).pdf",
        "invoice (2).toml",
        "invoice.pdf",
        "invoice.toml",
    ]


def test_what_lies_in_work_when_it_is_sent_counts(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=503))
    document = bench.carry_until(Exception, bench.claim(sidecars={"invoice.toml": SAID}))
    (bench.inbox / "invoice.toml").write_text('invoice_number = "another"')

    bench.carry(document)

    (invoice,) = bench.kanbert.store.invoices()
    assert invoice.invoice_number == "R-17"
    (bench.inbox / "invoice.toml").unlink()


def test_a_pair_whose_sidecar_is_spoilt_after_it_was_accepted_goes_back(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=503))
    document = bench.carry_until(Exception, bench.claim(sidecars={"invoice.toml": SAID}))
    bench.stages.workplace.file(document.id, "invoice.toml").write_text("?")

    bench.carry_until(DocumentChanged, document)

    assert bench.kanbert.journal.count(CREATE) == 0
    bench.stages.workplace.release(document.id, document.name)


def test_a_document_that_was_changed_goes_back_with_its_sidecar(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CREATE, status=504))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim(sidecars={"invoice.toml": SAID}))
    bench.stages.workplace.file(unknown.id, "invoice.pdf").write_bytes(INVOICE + b"%more")
    bench.kanbert.faults.add(Fault(operation=CHECK, status=200, body=json.dumps(_known(unknown))))

    released = bench.carry(unknown)
    bench.stages.workplace.release(released.id, released.name)

    assert released.state is State.RELEASED
    assert {"invoice.pdf", "invoice.toml"} <= set(lying_in(bench.inbox))


def _known(document: Document) -> dict[str, object]:
    return {"hash": document.md5, "exists": True, "duplicates": []}


def at_its_destination(bench: Bench) -> Document:
    """A document of which the process died when it was moved, and its sidecar was not."""
    document = bench.claim(sidecars={"invoice.toml": SAID})
    (bench.inbox / "done").write_text("in the way")
    uploaded = bench.carry_until(FolderUnusable, document)
    (bench.inbox / "done").unlink()
    (bench.inbox / "done").mkdir()
    planned = bench.ledger.plan(uploaded, str(bench.inbox / "done/invoice.pdf"))
    bench.stages.workplace.file(document.id, "invoice.pdf").rename(planned.destination)
    return planned


def test_a_document_whose_sidecar_is_still_in_work_is_finished(bench: Bench) -> None:
    filed = bench.carry(at_its_destination(bench))

    assert filed.state is State.FILED
    assert lying_in(bench.inbox / "done") == ["invoice.pdf", "invoice.toml"]
    assert bench.kanbert.store.count() == 1


@pytest.mark.parametrize("way", [os.link, shutil.copy])
def test_a_sidecar_that_has_both_names_by_now_keeps_the_last(
    bench: Bench, way: Callable[[Path, Path], object]
) -> None:
    planned = at_its_destination(bench)
    way(bench.stages.workplace.file(planned.id, "invoice.toml"), bench.inbox / "done/invoice.toml")

    bench.carry(planned)

    assert lying_in(bench.inbox / "done") == ["invoice.pdf", "invoice.toml"]


def test_a_sidecar_whose_name_was_taken_meanwhile_overwrites_nothing(bench: Bench) -> None:
    planned = at_its_destination(bench)
    (bench.inbox / "done/invoice.toml").write_text("another's")
    (bench.inbox / "done/invoice (2).pdf").write_text("another's")

    bench.carry(planned)

    assert (bench.inbox / "done/invoice.toml").read_text() == "another's"
    assert (bench.inbox / "done/invoice (3).toml").read_text() == SAID


def test_a_sidecar_that_cannot_follow_keeps_its_document_open_until_it_can(bench: Bench) -> None:
    planned = at_its_destination(bench)
    (bench.inbox / "done").chmod(0o500)

    still = bound_by_rights(lambda: bench.carry_until(FolderUnusable, planned))

    assert still.state is State.UPLOADED
    assert bench.stages.workplace.file(planned.id, "invoice.toml").read_text() == SAID
    (bench.inbox / "done").chmod(0o700)
    bench.carry(still)
    assert lying_in(bench.inbox / "done") == ["invoice.pdf", "invoice.toml"]
    assert bench.kanbert.store.count() == 1


def test_what_another_machine_takes_over_is_not_taken_for_a_document_without_a_sidecar(
    bench: Bench,
) -> None:
    document = bench.claim(sidecars={"invoice.toml": "notes = 'x'"})
    claimed = Claimed(document, bench.stages)
    assert claimed.content
    here = bench.stages.workplace.folder / document.id
    there = here.rename(here.with_name("another's"))

    with pytest.raises(FileNotFoundError):
        _ = claimed.sidecars

    there.rename(here)
    bench.carry(document)
