"""What would change in Kanbert, and whether it did where no answer came."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from ingestd.admin.changing import (
    NOT_SHOWN,
    Change,
    changes_of,
    delete_booking,
    find_booking,
    update_booking,
    update_invoice,
)
from ingestd.errors import AskLater, NotFound, OutcomeUnknown, Refused
from ingestd.kanbert import Booking, Invoice, Kanbert, UpdateBooking, UpdateInvoice
from ingestd.sandbox import Fault, Kind, NewBooking, NewInvoice, StoredInvoice
from tests.workbench import LocalKanbert, new_client

UPDATE, UPDATE_BOOKING = "updateIncomingInvoice", "updateIncomingInvoiceBooking"
DELETE_BOOKING, GET = "deleteIncomingInvoiceBooking", "getIncomingInvoice"


@pytest.fixture
def client(local_kanbert: LocalKanbert) -> Iterator[Kanbert]:
    with new_client(local_kanbert) as client:
        yield client


@pytest.fixture
def stored(local_kanbert: LocalKanbert) -> StoredInvoice:
    new = NewInvoice(title="Paper", sum_net=10_000)
    return local_kanbert.store.add(new, [NewBooking(title="Office", value=10_000)])


def booking_id(kanbert: LocalKanbert, stored: StoredInvoice) -> str:
    return kanbert.store.bookings(stored.id)[0].id


# ---- what would change ---------------------------------------------------------------------------

INVOICE: dict[str, Any] = {
    "id": "a",
    "title": "Paper",
    "notes": None,
    "sum_net": 100,
    "sum_tax": 20,
    "vats": [{"vat": 20, "value": 20}],
    "supplier": {"id": "s1", "name": "Acme"},
    "editor": None,
    "due_date": "2024-01-31T00:00:00Z",
}


@pytest.mark.parametrize(
    ("field", "value", "old"),
    [
        ("title", "Pens", "Paper"),
        ("notes", "urgent", None),
        ("net_value", "99.99", Decimal(100)),
        ("vat_value", None, Decimal(20)),
        ("supplier_id", "s2", "s1"),
        ("editor_id", "u1", None),
        ("payment_account_id", "p1", None),
    ],
)
def test_a_field_changes_from_what_is_read_of_it(field: str, value: object, old: object) -> None:
    wanted = UpdateInvoice.model_validate({field: value})

    (change,) = changes_of(Invoice.model_validate(INVOICE), wanted)

    assert (change.field, change.old, change.new) == (field, old, getattr(wanted, field))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Paper"),
        ("notes", None),
        ("notes", ""),
        ("net_value", "100.00"),
        ("supplier_id", "s1"),
        ("editor_id", None),
        ("due_date", "2024-01-31"),
        ("vats", [{"vat": "20.0", "value": "20.00"}]),
    ],
)
def test_what_is_so_already_is_no_change(field: str, value: object) -> None:
    wanted = UpdateInvoice.model_validate({field: value})

    assert changes_of(Invoice.model_validate(INVOICE), wanted) == []


def test_no_vat_lines_and_cleared_ones_are_the_same() -> None:
    assert changes_of(Invoice(id="a"), UpdateInvoice(vats=None)) == []


def test_tags_change_from_what_nobody_knows() -> None:
    changes = changes_of(Invoice(id="a"), UpdateInvoice(tags=["x"]))

    assert changes == [Change("tags", NOT_SHOWN, ["x"])]


def test_a_field_of_a_booking_changes_from_what_it_is() -> None:
    booking = Booking.model_validate({"id": "b", "project_id": "p1"})

    changes = changes_of(booking, UpdateBooking(project_id="p2"))

    assert changes == [Change("project_id", "p1", "p2")]


def test_of_a_booking_that_is_not_shown_nothing_is_known() -> None:
    changes = changes_of(None, UpdateBooking(title=None))

    assert changes == [Change("title", NOT_SHOWN, None)]


# ---- changing ------------------------------------------------------------------------------------

TITLE = [Change("title", "Paper", "Pens")]


def test_an_invoice_is_changed(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    after = update_invoice(client, stored.id, TITLE)

    assert after.title == "Pens"
    assert local_kanbert.store.invoices()[0].title == "Pens"


def test_a_change_whose_answer_was_lost_is_seen_by_looking(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=UPDATE))

    assert update_invoice(client, stored.id, TITLE).title == "Pens"


def test_one_that_was_not_carried_out_is_not_known_to_be(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(operation=UPDATE, status=500))

    with pytest.raises(AskLater) as told:
        update_invoice(client, stored.id, TITLE)

    assert "no harm" in told.value.hint


def test_a_look_that_fails_leaves_it_unknown(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    lost = Fault(kind=Kind.COMMIT_THEN_DROP, operation=UPDATE)
    local_kanbert.faults.add(lost, Fault(operation=GET, status=503))

    with pytest.raises(AskLater):
        update_invoice(client, stored.id, TITLE)


def test_a_change_that_cannot_be_seen_stays_unknown(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=UPDATE))

    with pytest.raises(AskLater):
        update_invoice(client, stored.id, [Change("tags", NOT_SHOWN, ["x"])])


def test_one_that_was_made_with_another_that_can_be_seen_is_known(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=UPDATE))

    after = update_invoice(client, stored.id, [*TITLE, Change("tags", NOT_SHOWN, ["x"])])

    assert after.title == "Pens"


def test_a_refusal_is_told(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(operation=UPDATE, status=422))

    with pytest.raises(Refused):
        update_invoice(client, stored.id, TITLE)


# ---- bookings ------------------------------------------------------------------------------------


def test_a_booking_is_found_with_its_invoice(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    found = find_booking(client, stored.id, booking_id(local_kanbert, stored))

    assert found is not None
    assert found.title == "Office"


def test_one_that_is_not_there_is_not_found_and_the_others_are_named(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    with pytest.raises(NotFound, match=f"{stored.id} has no booking nope") as told:
        find_booking(client, stored.id, "nope")

    assert told.value.hint == f"It has: {booking_id(local_kanbert, stored)}."


def test_an_invoice_without_bookings_is_said_to_have_none(
    client: Kanbert, local_kanbert: LocalKanbert
) -> None:
    bare = local_kanbert.store.add(NewInvoice())

    with pytest.raises(NotFound) as told:
        find_booking(client, bare.id, "nope")

    assert told.value.hint == "It has no bookings at all."


def test_where_an_invoice_does_not_show_its_bookings_there_may_be_one(
    client: Kanbert, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(operation=GET, status=200, body='{"id": "a"}'))

    assert find_booking(client, "a", "b") is None


def test_a_booking_is_changed_also_where_the_answer_is_lost(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    changes = [Change("value", Decimal(100), Decimal("80.50"))]
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=UPDATE_BOOKING))

    after = update_booking(client, stored.id, booking_id(local_kanbert, stored), changes)

    assert after.value == Decimal("80.5")


def test_a_booking_is_removed(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    delete_booking(client, stored.id, booking_id(local_kanbert, stored))

    assert local_kanbert.store.bookings(stored.id) == []


def test_a_removal_whose_answer_was_lost_is_seen_by_looking(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=DELETE_BOOKING))

    delete_booking(client, stored.id, booking_id(local_kanbert, stored))

    assert local_kanbert.store.bookings(stored.id) == []


@pytest.mark.parametrize(
    "look",
    [Fault(operation=GET, status=503), Fault(operation=GET, status=200, body='{"id": "a"}'), None],
    ids=["fails", "shows no bookings", "still shows it"],
)
def test_a_removal_that_a_look_does_not_show_stays_unknown(
    client: Kanbert, local_kanbert: LocalKanbert, stored: StoredInvoice, look: Fault | None
) -> None:
    local_kanbert.faults.add(Fault(operation=DELETE_BOOKING, status=500))
    if look:
        local_kanbert.faults.add(look)

    with pytest.raises(AskLater):
        delete_booking(client, stored.id, booking_id(local_kanbert, stored))


def test_what_is_not_known_of_a_booking_because_kanbert_is_away_is_told(
    client: Kanbert, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(operation=GET, status=500))

    with pytest.raises(OutcomeUnknown):
        find_booking(client, "a", "b")
