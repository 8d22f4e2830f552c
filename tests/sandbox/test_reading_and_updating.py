from __future__ import annotations

from typing import Any

import pytest

from ingestd.sandbox import NewInvoice, VatLine
from tests.sandbox.running import PDF, Running, errors_of


def test_an_invoice_is_found_by_its_id(sandbox: Running) -> None:
    created = sandbox.create({"title": "Paper"}, file=PDF).json()

    assert sandbox.get(created["id"]).json() == created


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_unknown_invoice_is_not_found(sandbox: Running, method: str) -> None:
    answer = sandbox.client.request(method, "/incoming-invoices/nothing")

    assert (answer.status_code, answer.json()) == (404, {"message": "Not found."})


def test_what_an_update_does_not_mention_stays(sandbox: Running) -> None:
    before = sandbox.create({"title": "Paper", "notes": "n"}, file=PDF).json()
    sandbox.clock.advance(minutes=1)

    after = sandbox.patch(before["id"], {"invoice_number": "R-1"}).json()

    assert after == {**before, "invoice_number": "R-1", "updated_at": "2024-03-13T10:31:00Z"}


def test_null_clears_a_field(sandbox: Running) -> None:
    invoice = sandbox.create({"notes": "n", "net_value": "5", "supplier_id": "sU7pQ2"}).json()

    cleared = sandbox.patch(
        invoice["id"], {"notes": None, "net_value": None, "supplier_id": ""}
    ).json()

    assert (cleared["notes"], cleared["sum_net"], cleared["supplier"]) == (None, 0, None)


def test_amounts_statuses_lines_and_tags_can_be_changed(sandbox: Running) -> None:
    invoice = sandbox.create({"net_value": "1"}).json()

    changed = sandbox.client.patch(
        f"/incoming-invoices/{invoice['id']}",
        content='{"net_value": 0.1, "vats": [{"vat": 20, "value": 0.2}], "tags": ["a", "b"],'
        ' "status": "ready_for_accounting", "payment_status": "partial", "type": "Credit"}',
    ).json()

    assert (changed["sum_net"], changed["sum_tax"], changed["sum_gross"]) == (0.1, 0.2, 0.3)
    assert changed["status"] == "ready_for_accounting"
    assert (changed["payment_status"], changed["type"]) == ("partial", "Credit")
    stored = sandbox.store.invoices()[0]
    assert (stored.tags, stored.vats) == (("a", "b"), (VatLine(2000, 20),))


def test_an_update_without_changes_leaves_the_invoice_as_it_was(sandbox: Running) -> None:
    before = sandbox.create({"title": "Paper"}).json()

    assert sandbox.patch(before["id"], {"external_id": "ignored"}).json() == before


@pytest.mark.parametrize(
    ("fields", "key", "complaint"),
    [
        ({"title": None}, "title", "The title field must be a string."),
        ({"title": 5}, "title", "The title field must be a string."),
        ({"type": None}, "type", "The selected type is invalid."),
        ({"status": "booked"}, "status", "The selected status is invalid."),
        ({"payment_status": "late"}, "payment_status", "The selected payment status is invalid."),
        ({"net_value": True}, "net_value", "The net value field must be a number."),
        ({"due_date": 20240115}, "due_date", "The due date field must be a valid date."),
        ({"tags": "one"}, "tags", "The tags field must be an array."),
        ({"tags": ["a", 1]}, "tags.1", "The tags.1 field must be a string."),
        (
            {"vats": [{"vat": 20, "value": None}]},
            "vats.0.value",
            "The vats.0.value field is required.",
        ),
    ],
)
def test_an_unacceptable_update_is_refused_and_changes_nothing(
    sandbox: Running, fields: dict[str, Any], key: str, complaint: str
) -> None:
    before = sandbox.create({"title": "Paper"}).json()

    answer = sandbox.patch(before["id"], fields)

    assert errors_of(answer) == {key: [complaint]}
    assert sandbox.get(before["id"]).json() == before


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(sandbox: Running, body: bytes) -> None:
    invoice = sandbox.create().json()

    answer = sandbox.client.patch(f"/incoming-invoices/{invoice['id']}", content=body)

    assert errors_of(answer) == {"body": ["The body must be a JSON object."]}


def test_a_text_that_is_no_text_is_refused(sandbox: Running) -> None:
    invoice = sandbox.create().json()

    answer = sandbox.client.patch(
        f"/incoming-invoices/{invoice['id']}", content=b'{"title": "\\ud800"}'
    )

    assert errors_of(answer) == {"title": ["The title field must be a string."]}


def test_a_json_body_above_a_mebibyte_is_refused(sandbox: Running) -> None:
    invoice = sandbox.create().json()

    assert sandbox.patch(invoice["id"], {"notes": "x" * 1024 * 1024}).status_code == 413


def test_a_booked_invoice_is_read_as_booked(sandbox: Running) -> None:
    stored = sandbox.store.add(NewInvoice(title="x", md5="0" * 32))
    sandbox.store.book(stored.id)

    assert sandbox.get(stored.id).json()["status"] == "booked"
    assert sandbox.check({"hash": "0" * 32}).json()["duplicates"][0]["booked_at"]


def _booking_url(invoice: dict[str, Any]) -> str:
    return f"/incoming-invoices/{invoice['id']}/bookings/{invoice['bookings'][0]['id']}"


def test_a_booking_is_changed_where_the_update_mentions_it(sandbox: Running) -> None:
    invoice = sandbox.create(file=PDF).json()
    before = invoice["bookings"][0]

    after = sandbox.client.patch(
        _booking_url(invoice),
        json={"value": 12.5, "chart_of_account_id": "cE3nG7", "type": "account_staff"},
    ).json()

    assert after["chart_of_account"]["code"] == "7230"
    assert (after["value"], after["type"], after["title"]) == (
        12.5,
        "account_staff",
        before["title"],
    )
    assert sandbox.get(invoice["id"]).json()["bookings"] == [after]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"value": None}, "value"),
        ({"type": "accounts"}, "type"),
        ({"chart_of_account_id": "none"}, "chart_of_account_id"),
        ({"title": "x" * 256}, "title"),
    ],
)
def test_an_unacceptable_change_of_a_booking_is_refused(
    sandbox: Running, fields: dict[str, Any], key: str
) -> None:
    invoice = sandbox.create(file=PDF).json()

    answer = sandbox.client.patch(_booking_url(invoice), json=fields)

    assert list(errors_of(answer)) == [key]
    assert sandbox.get(invoice["id"]).json()["bookings"] == invoice["bookings"]


def test_a_deleted_booking_is_gone(sandbox: Running) -> None:
    invoice = sandbox.create(file=PDF).json()

    answer = sandbox.client.delete(_booking_url(invoice))

    assert (answer.status_code, answer.content) == (204, b"")
    assert sandbox.get(invoice["id"]).json()["bookings"] == []
    assert sandbox.client.delete(_booking_url(invoice)).status_code == 404


def test_a_booking_is_only_found_under_its_own_invoice(sandbox: Running) -> None:
    mine = sandbox.create(file=PDF).json()
    other = sandbox.create().json()
    url = f"/incoming-invoices/{other['id']}/bookings/{mine['bookings'][0]['id']}"

    assert sandbox.client.delete(url).status_code == 404
    assert sandbox.client.patch(url, json={"value": 1}).status_code == 404
    assert sandbox.get(mine["id"]).json()["bookings"] == mine["bookings"]
