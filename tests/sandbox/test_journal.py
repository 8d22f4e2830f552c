from __future__ import annotations

import pytest

from tests.sandbox.running import PDF, Running


def test_every_request_is_entered_with_its_operation_and_status(sandbox: Running) -> None:
    invoice = sandbox.create(file=PDF).json()
    booking = invoice["bookings"][0]["id"]
    sandbox.listed(sort="-title")
    sandbox.get(invoice["id"])
    sandbox.patch(invoice["id"], {})
    sandbox.check({"hash": "0" * 32})
    url = f"/incoming-invoices/{invoice['id']}/bookings/{booking}"
    sandbox.client.patch(url, json={})
    sandbox.client.delete(url)
    sandbox.client.get("/nothing")

    entered = [
        (each.number, each.method, each.operation, each.status)
        for each in sandbox.journal.entries()
    ]

    assert entered == [
        (1, "POST", "createIncomingInvoice", 201),
        (2, "GET", "listIncomingInvoices", 200),
        (3, "GET", "getIncomingInvoice", 200),
        (4, "PATCH", "updateIncomingInvoice", 200),
        (5, "POST", "checkIncomingInvoiceDuplicate", 200),
        (6, "PATCH", "updateIncomingInvoiceBooking", 200),
        (7, "DELETE", "deleteIncomingInvoiceBooking", 204),
        (8, "GET", "", 404),
    ]
    assert sandbox.journal.entries()[6].path == f"/api/v1{url}"


def test_requests_are_counted_by_operation(sandbox: Running) -> None:
    sandbox.listed()
    sandbox.listed()
    sandbox.create()

    assert sandbox.journal.count() == 3
    assert sandbox.journal.count("listIncomingInvoices") == 2
    assert sandbox.journal.count("deleteIncomingInvoiceBooking") == 0


def test_a_cleared_journal_starts_anew_with_numbers_that_go_on(sandbox: Running) -> None:
    sandbox.listed()

    sandbox.journal.clear()
    sandbox.listed()

    assert sandbox.journal.count() == 1
    assert [each.number for each in sandbox.journal.entries()] == [2]


def test_waiting_ends_when_its_time_is_up(sandbox: Running) -> None:
    assert sandbox.journal.wait_for(lambda entries: len(entries) > 0, seconds=0.01) is False


@pytest.mark.parametrize("path", ["/incoming-invoices", "/incoming-invoices/none", "/nothing"])
def test_every_answer_has_a_request_id_that_leads_to_its_entry(sandbox: Running, path: str) -> None:
    answer = sandbox.client.get(path)

    assert answer.headers["X-Request-Id"] == f"sandbox-{sandbox.journal.entries()[-1].number}"


def test_an_unknown_path_is_not_found_and_a_wrong_method_not_allowed(sandbox: Running) -> None:
    assert sandbox.client.get("/nothing").json() == {"message": "Not found."}
    assert sandbox.client.get("/incoming-invoices/").status_code == 404
    wrong = sandbox.client.put("/incoming-invoices")
    assert (wrong.status_code, list(wrong.json())) == (405, ["message"])
