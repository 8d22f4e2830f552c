"""A file delivered outside of any inbox: once, however often it is tried."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from ingestd.admin.upload import LOOKS, Receipt, Upload
from ingestd.errors import (
    AskLater,
    ExternalIdTaken,
    OutcomeUnknown,
    Refused,
    Unavailable,
    UnfitDocument,
)
from ingestd.intake import Content
from ingestd.kanbert import CreateInvoice, Kanbert
from ingestd.model import Outcome
from ingestd.sandbox import Fault, Kind, NewInvoice
from tests.collision import ONE, OTHER
from tests.workbench import CHECK, CREATE, INVOICE, LIST, LocalKanbert, new_client

SHA256, MD5 = hashlib.sha256(INVOICE).hexdigest(), hashlib.md5(INVOICE).hexdigest()
OURS, SECOND = f"ingestd-{SHA256}", f"ingestd-{SHA256}-2"


@dataclass
class Desk:
    """Where files are uploaded at; waits pass at once."""

    at: LocalKanbert
    client: Kanbert
    naps: list[float] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    """Happens while it is waited for the second look."""

    def send(
        self, content: bytes = INVOICE, *, external_id: str | None = None, force: bool = False
    ) -> Receipt:
        md5, sha256 = hashlib.md5(content).hexdigest(), hashlib.sha256(content).hexdigest()
        read = Content(content, md5, sha256, "application/pdf")
        fields = CreateInvoice(title="Paper", external_id=external_id)
        upload = Upload(read, "invoice.pdf", fields, self.client, self.nap)
        return upload.send(although_known=force)

    def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        if len(self.naps) == 2:
            self.meanwhile()

    def ids(self) -> list[str]:
        return [invoice.id for invoice in self.at.store.invoices()]

    def external_ids(self) -> list[str | None]:
        return [invoice.external_id for invoice in self.at.store.invoices()]

    def asked(self) -> list[str]:
        return [entry.operation for entry in self.at.journal.entries()]


@pytest.fixture
def desk(local_kanbert: LocalKanbert) -> Iterator[Desk]:
    with new_client(local_kanbert) as client:
        yield Desk(local_kanbert, client)


def absent() -> Fault:
    body = json.dumps({"hash": MD5, "exists": False, "duplicates": []})
    return Fault(operation=CHECK, status=200, body=body)


def none_listed() -> Fault:
    return Fault(operation=LIST, status=200, body='{"data": [], "links": [], "meta": {}}')


def lost(kind: Kind = Kind.COMMIT_THEN_DROP) -> Fault:
    return Fault(kind=kind, operation=CREATE)


# ---- as it should be -----------------------------------------------------------------------------


def test_a_file_becomes_an_invoice_with_an_id_made_of_its_content(desk: Desk) -> None:
    receipt = desk.send()

    (invoice,) = desk.at.store.invoices()
    assert receipt == Receipt(Outcome.DELIVERED, (invoice.id,), OURS)
    assert (invoice.external_id, invoice.title, invoice.sha256) == (OURS, "Paper", SHA256)
    assert desk.asked() == [CHECK, CREATE]


def test_an_id_of_the_caller_s_own_is_taken(desk: Desk) -> None:
    receipt = desk.send(external_id="erp-1")

    assert receipt.external_id == "erp-1"
    assert desk.external_ids() == ["erp-1"]


def test_a_known_file_is_not_sent(desk: Desk) -> None:
    desk.at.store.add(NewInvoice(md5=MD5))

    receipt = desk.send()

    assert receipt == Receipt(Outcome.DUPLICATE, (desk.ids()[0],), "")
    assert CREATE not in desk.asked()


def test_a_known_file_is_sent_where_that_is_wanted(desk: Desk) -> None:
    desk.at.store.add(NewInvoice(md5=MD5))

    receipt = desk.send(force=True)

    assert receipt.outcome is Outcome.DELIVERED
    assert len(desk.ids()) == 2
    assert CHECK not in desk.asked()


def test_another_content_with_the_same_md5_is_not_taken_for_known(desk: Desk) -> None:
    desk.send(ONE)

    with pytest.raises(UnfitDocument, match="same MD5"):
        desk.send(OTHER)


def test_a_second_invoice_of_a_content_that_is_ours_is_known_all_the_same(desk: Desk) -> None:
    """Beside one of another content that has the same MD5."""
    desk.send(ONE)
    desk.send(OTHER, force=True)

    assert desk.send(OTHER).outcome is Outcome.DUPLICATE


def test_a_refusal_is_told(desk: Desk) -> None:
    desk.at.faults.add(Fault(operation=CREATE, status=422))

    with pytest.raises(Refused):
        desk.send()


@pytest.mark.parametrize("operation", [CHECK, CREATE])
def test_nothing_is_sent_where_kanbert_is_away(desk: Desk, operation: str) -> None:
    desk.at.faults.add(Fault(operation=operation, status=503))

    with pytest.raises(Unavailable):
        desk.send()

    assert desk.ids() == []


def test_what_cannot_be_checked_is_not_sent(desk: Desk) -> None:
    desk.at.faults.add(Fault(operation=CHECK, status=500))

    with pytest.raises(OutcomeUnknown):
        desk.send()

    assert desk.asked() == [CHECK]


# ---- lost answers --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.COMMIT_THEN_DROP, Kind.COMMIT_THEN_GARBLE])
def test_an_invoice_whose_answer_was_lost_is_found_at_once(desk: Desk, kind: Kind) -> None:
    desk.at.faults.add(lost(kind))

    receipt = desk.send()

    assert receipt == Receipt(Outcome.DELIVERED, (desk.ids()[0],), OURS)
    assert len(desk.ids()) == 1
    assert desk.naps == [0.0]


def test_one_that_its_hash_does_not_find_is_found_by_external_id(desk: Desk) -> None:
    desk.at.faults.add(absent(), lost(), absent())

    receipt = desk.send()

    assert receipt.outcome is Outcome.DELIVERED
    assert desk.asked()[-2:] == [CHECK, LIST]


def test_one_that_comes_a_little_later_is_waited_for(desk: Desk) -> None:
    desk.at.faults.add(Fault(operation=CREATE, status=504))
    desk.meanwhile = lambda: desk.at.store.add(NewInvoice(external_id=OURS, md5=MD5))

    receipt = desk.send()

    assert receipt.outcome is Outcome.DELIVERED
    assert desk.naps == list(LOOKS[:2])


def test_a_look_that_fails_is_taken_again(desk: Desk) -> None:
    desk.at.faults.add(absent(), lost(), Fault(operation=CHECK, status=503))

    assert desk.send().outcome is Outcome.DELIVERED


def test_one_that_is_not_found_is_said_to_be_unknown_and_what_to_do(desk: Desk) -> None:
    desk.at.faults.add(Fault(operation=CREATE, status=500))

    with pytest.raises(AskLater, match="create the invoice") as told:
        desk.send()

    assert "no second invoice" in told.value.hint
    assert desk.naps == list(LOOKS)
    assert desk.asked().count(CREATE) == 1


def test_doing_it_again_after_that_makes_no_second_invoice(desk: Desk) -> None:
    looks = len(LOOKS)
    desk.at.faults.add(absent(), lost(), *[absent()] * looks, *[none_listed()] * looks)
    with pytest.raises(AskLater):
        desk.send()

    receipt = desk.send()

    assert receipt == Receipt(Outcome.DUPLICATE, (desk.ids()[0],), "")
    assert len(desk.ids()) == 1


@pytest.mark.parametrize("external_id", [None, "erp-1"])
def test_not_even_where_it_is_forced(desk: Desk, external_id: str | None) -> None:
    looks = len(LOOKS)
    desk.at.faults.add(lost(), *[absent()] * looks, *[none_listed()] * looks)
    with pytest.raises(AskLater):
        desk.send(force=True, external_id=external_id)

    with suppress(ExternalIdTaken):
        desk.send(force=True, external_id=external_id)

    assert len(desk.ids()) == 1


def test_an_older_invoice_of_the_same_content_is_not_taken_for_the_lost_one(desk: Desk) -> None:
    desk.at.store.add(NewInvoice(md5=MD5, external_id=OURS))
    desk.at.faults.add(Fault(operation=CREATE, status=500))

    with pytest.raises(AskLater):
        desk.send(force=True, external_id="erp-1")


# ---- an external_id that is taken ----------------------------------------------------------------


def test_one_that_another_machine_has_just_made_is_known(desk: Desk) -> None:
    desk.at.store.add(NewInvoice(md5=MD5, external_id=OURS))
    desk.at.faults.add(absent())

    receipt = desk.send()

    assert receipt == Receipt(Outcome.DUPLICATE, (desk.ids()[0],), "")


def test_one_that_was_deleted_in_kanbert_is_made_once_more(desk: Desk) -> None:
    desk.at.store.delete(desk.send().invoice_ids[0])

    receipt = desk.send()

    assert (receipt.outcome, receipt.external_id) == (Outcome.DELIVERED, SECOND)
    assert desk.external_ids() == [SECOND]


def test_once_more_and_no_more(desk: Desk) -> None:
    for _ in range(2):
        desk.at.store.delete(desk.send().invoice_ids[0])

    with pytest.raises(ExternalIdTaken):
        desk.send()

    assert desk.ids() == []


def test_what_ingestd_made_before_needs_another_id_to_be_made_again(desk: Desk) -> None:
    desk.send()

    with pytest.raises(ExternalIdTaken, match=desk.ids()[0]) as told:
        desk.send(force=True)

    assert "--external-id" in told.value.hint
    assert desk.send(force=True, external_id="erp-1").outcome is Outcome.DELIVERED


def test_an_earlier_attempt_under_an_id_of_one_s_own_is_recognised(desk: Desk) -> None:
    first = desk.send(force=True, external_id="erp-1")

    receipt = desk.send(force=True, external_id="erp-1")

    assert receipt == Receipt(Outcome.DUPLICATE, first.invoice_ids, "")


def test_an_id_that_another_file_s_invoice_has_is_said_to_be_that(desk: Desk) -> None:
    desk.at.store.add(NewInvoice(external_id="erp-1"))

    with pytest.raises(ExternalIdTaken, match=f'external_id "erp-1": {desk.ids()[0]}') as told:
        desk.send(external_id="erp-1")

    assert told.value.hint == "Choose another --external-id."


def test_an_id_of_one_s_own_that_no_invoice_has_any_more_is_not_replaced(desk: Desk) -> None:
    desk.at.store.delete(desk.send(external_id="erp-1").invoice_ids[0])

    with pytest.raises(ExternalIdTaken):
        desk.send(external_id="erp-1")

    assert desk.ids() == []
