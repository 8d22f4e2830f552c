from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingestd.describe.reading import AMOUNTS, READERS
from ingestd.kanbert import CreateInvoice


def test_every_create_field_can_be_read_but_the_id_that_is_made_here() -> None:
    assert set(READERS) == set(CreateInvoice.model_fields) - {"external_id"}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("external_origin", "mail", "mail"),
        ("title", "ACME_GmbH", "ACME GmbH"),
        ("type", "Invoice", "Invoice"),
        ("type", "RECHNUNG", "Invoice"),
        ("type", "credit", "Credit"),
        ("type", "Credit_Note", "Credit"),
        ("type", "Gutschrift", "Credit"),
        ("invoice_number", "RE_2026-17", "RE_2026-17"),
        ("invoice_number", "0017", "0017"),
        ("notes", "a \n b", "a b"),
        ("date_of_invoice", "04.05.2026", date(2026, 5, 4)),
        ("due_date", "2026-05-04", date(2026, 5, 4)),
        ("date_of_start", "20260504", date(2026, 5, 4)),
        ("date_of_end", "2026_05_04", date(2026, 5, 4)),
        ("net_value", "1.234,56", Decimal("1234.56")),
        ("vat_value", "0", Decimal(0)),
        ("supplier_id", "x_9", "x_9"),
        ("editor_id", "12", "12"),
        ("payment_account_id", "aB9", "aB9"),
        ("file_was_preprocessed", "yes", True),
        ("file_was_preprocessed", "FALSE", False),
        ("tags", "office", ["office"]),
        ("tags", "office, paper;A 4 + x", ["office", "paper", "A 4", "x"]),
        ("tags", ",;", []),
        ("vats", "20=40.00", [{"vat": Decimal(20), "value": Decimal("40.00")}]),
        (
            "vats",
            "20=40,00+10=1,50",
            [
                {"vat": Decimal(20), "value": Decimal("40.00")},
                {"vat": Decimal(10), "value": Decimal("1.50")},
            ],
        ),
    ],
)
def test_a_field_is_read_as_people_write_it(field: str, text: str, value: object) -> None:
    assert READERS[field](text) == value


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("type", "Bill", "is none of: invoice, rechnung, credit"),
        ("file_was_preprocessed", "perhaps", "is none of: true, yes"),
        ("vats", "20", "is no VAT line such as 20=40.00"),
        ("vats", "20=a", "is no amount"),
        ("vats", "20=1,234", "thousands or a fraction"),
        ("net_value", "1,234", "thousands or a fraction"),
        ("due_date", "32.13.2026", "is no date"),
    ],
)
def test_what_cannot_be_read_is_said(field: str, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        READERS[field](text)


TEXTS = st.text() | st.from_regex(r"[-+]?[0-9.,' ]{1,40}") | st.from_regex(r"[0-9]+=[0-9,.]+")


@given(st.sampled_from(sorted(READERS)), TEXTS)
def test_what_is_read_is_at_most_too_much_for_kanbert(field: str, text: str) -> None:
    assert troubles(field, text) <= {"string_too_long", "amount"}


def troubles(field: str, text: str) -> set[str]:
    """What is wrong with a field as it is read from a text."""
    try:
        CreateInvoice.model_validate({field: READERS[field](text)})
    except ValidationError as error:
        return {one["type"] for one in error.errors()}
    except ValueError:
        pass  # it was not read
    return set()


def test_only_amounts_are_looked_at_for_being_cut_off() -> None:
    kinds = {name: field.annotation for name, field in CreateInvoice.model_fields.items()}

    assert {name for name, kind in kinds.items() if "Decimal" in str(kind)} == AMOUNTS
