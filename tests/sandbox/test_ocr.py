from __future__ import annotations

from tests.sandbox.running import PDF, Running

_READ = ("supplier", "invoice_number", "date_of_invoice", "due_date")


def test_a_file_is_read_when_nothing_is_said_about_it(sandbox: Running) -> None:
    invoice = sandbox.create(file=PDF).json()

    assert all(invoice[field] for field in _READ)
    assert invoice["sum_net"] > 0
    assert invoice["sum_tax"] > 0
    assert invoice["vats"][0]["value"] == invoice["sum_tax"]
    assert [booking["value"] for booking in invoice["bookings"]] == [invoice["sum_net"]]


def test_the_same_file_is_always_read_the_same(sandbox: Running) -> None:
    first, second = sandbox.create(file=PDF).json(), sandbox.create(file=PDF).json()

    for field in (*_READ, "sum_net", "sum_tax", "vats", "title"):
        assert first[field] == second[field]


def test_another_file_is_read_differently(sandbox: Running) -> None:
    first, second = sandbox.create(file=PDF).json(), sandbox.create(file=PDF + b"2").json()

    assert first["invoice_number"] != second["invoice_number"]


def test_a_preprocessed_file_is_not_read(sandbox: Running) -> None:
    for text in ("1", "true"):
        invoice = sandbox.create({"file_was_preprocessed": text}, file=PDF).json()

        assert [invoice[field] for field in _READ] == [None] * 4
        assert (invoice["sum_gross"], invoice["vats"], invoice["bookings"]) == (0, [], [])
        assert invoice["title"] == "invoice"


def test_a_file_that_was_not_preprocessed_is_read(sandbox: Running) -> None:
    for text in ("0", "false", ""):
        invoice = sandbox.create({"file_was_preprocessed": text}, file=PDF).json()

        assert invoice["invoice_number"]


def test_given_fields_win_over_what_was_read(sandbox: Running) -> None:
    given = {
        "invoice_number": "MINE-1",
        "supplier_id": "sI9wC3",
        "net_value": "10",
        "vats[0][vat]": "7",
        "vats[0][value]": "0.7",
    }

    invoice = sandbox.create(given, file=PDF).json()

    assert invoice["invoice_number"] == "MINE-1"
    assert invoice["supplier"]["id"] == "sI9wC3"
    assert (invoice["sum_net"], invoice["sum_tax"], invoice["sum_gross"]) == (10, 0.7, 10.7)
    assert invoice["vats"] == [{"vat": 7, "value": 0.7}]
    assert invoice["due_date"]


def test_tax_that_was_given_is_that_of_the_vat_line_that_was_read(sandbox: Running) -> None:
    invoice = sandbox.create({"vat_value": "1.23"}, file=PDF).json()

    assert (invoice["sum_tax"], invoice["vats"][0]["value"]) == (1.23, 1.23)


def test_an_invoice_without_a_file_is_not_read(sandbox: Running) -> None:
    assert sandbox.create({"title": "x"}).json()["invoice_number"] is None
