from __future__ import annotations

from typing import Any

import httpx
import pytest

from ingestd.sandbox import ME
from ingestd.sandbox.models import IncomingInvoiceData
from tests.sandbox.running import PDF, Running, errors_of

_EVERY_TEXT_FIELD = {
    "external_id": "erp-1017",
    "external_origin": "erp",
    "title": "Office supplies",
    "type": "Credit",
    "invoice_number": "R-2024-17",
    "notes": "twice\nas long",
    "supplier_id": "sU7pQ2",
    "editor_id": ME,
    "payment_account_id": "pB6kN2",
}


def _created(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()
    return data


def test_what_is_written_is_read_back(sandbox: Running) -> None:
    invoice = _created(sandbox.create(_EVERY_TEXT_FIELD))

    for field in ("external_id", "external_origin", "title", "type", "invoice_number", "notes"):
        assert invoice[field] == _EVERY_TEXT_FIELD[field]
    assert invoice["supplier"] == {"id": "sU7pQ2", "name": "Acme GmbH"}
    assert invoice["editor"]["id"] == ME
    assert invoice["payment_account"] == {"id": "pB6kN2", "title": "Business account"}


def test_an_answer_has_every_field_that_is_described_and_no_other(sandbox: Running) -> None:
    invoice = _created(sandbox.create(file=PDF))

    assert set(invoice) == set(IncomingInvoiceData.model_fields)
    IncomingInvoiceData.model_validate(invoice, strict=False)


def test_an_invoice_without_anything_has_defaults(sandbox: Running) -> None:
    invoice = _created(sandbox.create())

    assert (invoice["type"], invoice["status"], invoice["payment_status"]) == (
        "Invoice",
        "open",
        "open",
    )
    assert (invoice["sum_net"], invoice["sum_tax"], invoice["sum_gross"]) == (0, 0, 0)
    assert invoice["external_origin"] == "sandbox"
    assert invoice["external_id"] is None
    assert invoice["title"]
    assert invoice["bookings"] == []


def test_amounts_are_exact_to_the_cent(sandbox: Running) -> None:
    answer = sandbox.create({"net_value": "0.1", "vat_value": "0.2"})

    assert '"sum_net":0.1,"sum_tax":0.2,"sum_gross":0.3,' in answer.text


def test_a_large_amount_stays_exact(sandbox: Running) -> None:
    answer = sandbox.create({"net_value": "999999999999.99", "vat_value": "-0.01"})

    assert '"sum_net":999999999999.99,' in answer.text
    assert '"sum_gross":999999999999.98,' in answer.text


def test_vat_lines_come_as_nested_form_keys(sandbox: Running) -> None:
    invoice = _created(
        sandbox.create(
            {
                "net_value": "150",
                "vats[0][vat]": "20",
                "vats[0][value]": "20.00",
                "vats[1][vat]": "5.5",
                "vats[1][value]": "2.75",
            }
        )
    )

    assert invoice["vats"] == [{"vat": 20, "value": 20}, {"vat": 5.5, "value": 2.75}]


def test_tax_that_was_not_given_is_the_sum_of_the_vat_lines(sandbox: Running) -> None:
    invoice = _created(
        sandbox.create({"net_value": "100", "vats[0][vat]": "20", "vats[0][value]": "19.99"})
    )

    assert (invoice["sum_tax"], invoice["sum_gross"]) == (19.99, 119.99)


@pytest.mark.parametrize(
    ("names", "tags"),
    [
        (["tags[]", "tags[]"], ("a", "b")),
        (["tags[0]", "tags[1]"], ("a", "b")),
        (["tags[3]", "tags[]"], ("a", "b")),
        (["tags"], ("a",)),
        (["tags", "tags"], ("b",)),
    ],
)
def test_tags_come_in_each_way_that_a_form_can_write_them(
    sandbox: Running, names: list[str], tags: tuple[str, ...]
) -> None:
    parts = [(name, (None, value.encode())) for name, value in zip(names, ("a", "b"), strict=False)]

    answer = sandbox.client.post("/incoming-invoices", files=parts)

    assert answer.status_code == 201
    assert sandbox.store.invoices()[0].tags == tags


def test_an_empty_text_is_null(sandbox: Running) -> None:
    invoice = _created(sandbox.create({"title": "x", "notes": "", "supplier_id": "", "vats": ""}))

    assert (invoice["notes"], invoice["supplier"], invoice["vats"]) == (None, None, [])


def test_texts_are_trimmed(sandbox: Running) -> None:
    assert _created(sandbox.create({"title": "  Paper \n"}))["title"] == "Paper"


def test_unknown_fields_are_ignored(sandbox: Running) -> None:
    fields = {"title": "x", "sum_net": "5", "cost_center[0][id]": "7"}

    assert _created(sandbox.create(fields))["sum_net"] == 0


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-01-15", "2024-01-15T00:00:00Z"),
        ("2024-01-15T08:30:00Z", "2024-01-15T08:30:00Z"),
        ("2024-01-15T00:30:00+02:00", "2024-01-14T22:30:00Z"),
        ("2024-01-15 08:30:00.75", "2024-01-15T08:30:00Z"),
    ],
)
def test_dates_are_read_back_in_utc(sandbox: Running, written: str, read: str) -> None:
    assert _created(sandbox.create({"due_date": written}))["due_date"] == read


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("title", "x" * 256, "The title field must not be greater than 255 characters."),
        (
            "external_id",
            "x" * 256,
            "The external id field must not be greater than 255 characters.",
        ),
        ("notes", "x" * 10_001, "The notes field must not be greater than 10000 characters."),
        ("external_origin", "", "The external origin field must be a string."),
        ("type", "Invoices", "The selected type is invalid."),
        ("due_date", "2024-02-30", "The due date field must be a valid date."),
        ("due_date", "0001-01-01T00:00:00+02:00", "The due date field must be a valid date."),
        ("net_value", "1,5", "The net value field must be a number."),
        ("net_value", "NaN", "The net value field must be a number."),
        (
            "vat_value",
            "1e13",
            "The vat value field must be between -999999999999.99 and 999999999999.99.",
        ),
        ("supplier_id", "nobody", "The selected supplier id is invalid."),
        ("editor_id", "nobody", "The selected editor id is invalid."),
        ("payment_account_id", "none", "The selected payment account id is invalid."),
        ("file_was_preprocessed", "yes", "The file was preprocessed field must be true or false."),
        ("vats", "20", "The vats field must be an array."),
        ("vats[0]", "20", "The vats.0 field must be an array."),
        ("vats[0][vat]", "a fifth", "The vats.0.vat field must be a number."),
        ("vats[0][vat]", "20", "The vats.0.value field is required."),
        ("tags[0][name]", "a", "The tags.0 field must be a string."),
        ("file", "a text", "The file field must be a file."),
    ],
)
def test_an_unacceptable_value_is_refused_with_its_field_and_reason(
    sandbox: Running, field: str, value: str, complaint: str
) -> None:
    answer = sandbox.create({field: value})

    assert complaint in [each for field in errors_of(answer).values() for each in field]
    assert sandbox.store.count() == 0


def test_field_errors_have_dotted_keys_and_are_summed_up_in_the_message(sandbox: Running) -> None:
    answer = sandbox.create({"vats[2][vat]": "x", "vats[2][value]": "1", "title": "x" * 300})

    assert set(errors_of(answer)) == {"title", "vats.2.vat"}
    assert answer.json()["message"] == (
        "The title field must not be greater than 255 characters. (and 1 more error)"
    )


@pytest.mark.parametrize("longest", [("title", 255), ("notes", 10_000)])
def test_the_longest_text_is_taken_and_counts_characters_not_bytes(
    sandbox: Running, longest: tuple[str, int]
) -> None:
    field, length = longest

    assert _created(sandbox.create({field: "ü" * length}))[field] == "ü" * length


def test_a_second_document_with_the_same_external_id_is_refused(sandbox: Running) -> None:
    sandbox.create({"external_id": "ingestd-1"})

    again = sandbox.create({"external_id": "ingestd-1"})

    assert errors_of(again) == {"external_id": ["The external id has already been taken."]}
    assert sandbox.store.count() == 1


def test_the_external_id_of_a_deleted_invoice_stays_taken(sandbox: Running) -> None:
    invoice = _created(sandbox.create({"external_id": "ingestd-1"}))
    sandbox.store.delete(invoice["id"])

    again = sandbox.create({"external_id": "ingestd-1"})

    assert "external_id" in errors_of(again)
    assert sandbox.get(invoice["id"]).status_code == 404
