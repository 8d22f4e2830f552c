"""The ledger is lost while documents are on their way: the work folder and Kanbert say the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.errors import OutcomeUnknown, Unavailable
from ingestd.kanbert import CreateInvoice
from ingestd.ledger import Ledger, open_ledger
from ingestd.model import Document, Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.recovering import found
from tests.workbench import CHECK, CREATE, INVOICE, Bench, now

pytestmark = pytest.mark.in_a_file

LETTER = b"Dear Sir or Madam\n"


def delete(path: Path) -> None:
    path.unlink()


def garble(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)


def cut_short(path: Path) -> None:
    path.write_bytes(b"")


Loss = Callable[[Path], None]


@pytest.fixture(params=[delete, garble, cut_short])
def lost(
    bench: Bench, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Bench]]:
    """Lose the ledger; the same inbox with a new one."""
    opened: list[Ledger] = []

    def lose() -> Bench:
        bench.ledger.close()
        loss: Loss = request.param
        loss(tmp_path / "state" / "ledger.sqlite3")
        ledger = open_ledger(tmp_path / "state", "", now=now, set_aside=lambda *_: None)
        opened.append(ledger)
        return replace(bench, ledger=ledger, stages=replace(bench.stages, ledger=ledger))

    yield lose
    for ledger in opened:
        ledger.close()


# ---- how far a document can be when it happens ---------------------------------------------------


def claimed(bench: Bench) -> None:
    bench.claim()


def accepted(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(operation=CHECK, status=503))
    bench.carry_until(Unavailable, bench.claim())


def unknown_and_made(bench: Bench) -> Document:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    return bench.carry_until(OutcomeUnknown, bench.claim())


def unknown_and_not_made(bench: Bench) -> Document:
    bench.kanbert.faults.add(Fault(kind=Kind.RESET_AFTER_BODY, operation=CREATE))
    return bench.carry_until(OutcomeUnknown, bench.claim())


def uploading(make: Callable[[Bench], Document]) -> Callable[[Bench], None]:
    def bring(bench: Bench) -> None:
        document = bench.ledger.advance(make(bench), State.ACCEPTED)
        bench.ledger.advance(document, State.UPLOADING)

    bring.__name__ = f"uploading_{make.__name__}"
    return bring


def uploaded(bench: Bench) -> Document:
    return bench.ledger.advance(unknown_and_made(bench), State.UPLOADED, outcome=Outcome.DELIVERED)


def planned(bench: Bench) -> None:
    bench.ledger.plan(uploaded(bench), str(bench.inbox / "done/invoice.pdf"))


def copied(bench: Bench) -> None:
    """Filed on another filesystem, and not removed here yet."""
    planned(bench)
    (bench.inbox / "done").mkdir()
    (bench.inbox / "done/invoice.pdf").write_bytes(INVOICE)


def moved(bench: Bench) -> None:
    document = uploaded(bench)
    (bench.inbox / "done").mkdir()
    file = bench.stages.workplace.file(document.id, document.name)
    file.rename(bench.inbox / "done/invoice.pdf")


def duplicate(bench: Bench) -> None:
    bench.stages.kanbert.create(
        CreateInvoice(title="by hand"), file=INVOICE, filename="x.pdf", media_type="application/pdf"
    )
    document = bench.ledger.advance(bench.claim(), State.ACCEPTED)
    bench.ledger.advance(document, State.DUPLICATE, outcome=Outcome.DUPLICATE)


def failed(bench: Bench) -> None:
    document = bench.claim(LETTER)
    bench.ledger.advance(document, State.FAILED, outcome=Outcome.FAILED, reason="Because.")


WAYS = [
    claimed,
    accepted,
    uploading(unknown_and_made),
    uploading(unknown_and_not_made),
    unknown_and_made,
    unknown_and_not_made,
    uploaded,
    planned,
    moved,
    duplicate,
]


def carry_all(bench: Bench) -> None:
    for document in found(bench):
        bench.carry(document)


@pytest.mark.parametrize("bring", WAYS)
def test_a_document_is_delivered_once_and_filed_once(
    bench: Bench, lost: Callable[[], Bench], bring: Callable[[Bench], object]
) -> None:
    bring(bench)

    carry_all(lost())

    assert contents(bench.inbox) == {"done/invoice.pdf": INVOICE}
    assert bench.kanbert.store.count() == 1
    assert list(bench.stages.workplace.folder.glob("*")) == []


def test_a_document_that_can_never_be_delivered_is_found_so_again(
    bench: Bench, lost: Callable[[], Bench]
) -> None:
    failed(bench)

    carry_all(lost())

    assert set(contents(bench.inbox)) == {"failed/invoice.pdf", "failed/invoice.pdf.reason.txt"}
    assert bench.kanbert.store.count() == 0


def test_a_copy_whose_original_was_still_there_is_kept_beside_it(
    bench: Bench, lost: Callable[[], Bench]
) -> None:
    copied(bench)

    carry_all(lost())

    # nothing says any more that the first is a copy, and nothing is ever deleted on suspicion
    assert set(contents(bench.inbox)) == {"done/invoice.pdf", "done/invoice (2).pdf"}
    assert bench.kanbert.store.count() == 1


def test_what_was_delivered_before_and_is_dropped_again_makes_no_second_invoice(
    bench: Bench, lost: Callable[[], Bench]
) -> None:
    bench.carry(bench.claim())
    again = lost()

    again.claimed = 10
    again.carry(again.claim(name="again.pdf"))

    assert bench.kanbert.store.count() == 1
    assert set(contents(bench.inbox)) == {"done/invoice.pdf", "done/again.pdf"}


def contents(inbox: Path) -> dict[str, bytes]:
    files = (path for path in inbox.rglob("*") if path.is_file() and ".ingestd" not in path.parts)
    return {path.relative_to(inbox).as_posix(): path.read_bytes() for path in files}
