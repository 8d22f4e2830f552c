from __future__ import annotations

from datetime import date

import pytest

from ingestd.describe.einvoice import read_xml
from ingestd.describe.einvoice.values import day_in
from ingestd.describe.einvoice.written import Day
from tests.describe.einvoice.documents import Facts, cii, ubl

DISCOUNT = (
    "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
    '<udt:DateTimeString format="102">{}</udt:DateTimeString></ram:DueDateDateTime>'
    "<ram:ApplicableTradePaymentDiscountTerms/></ram:SpecifiedTradePaymentTerms>"
)
INSTALMENT = (
    "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
    '<udt:DateTimeString format="102">{}</udt:DateTimeString></ram:DueDateDateTime>'
    "<ram:PartialPaymentAmount>100</ram:PartialPaymentAmount></ram:SpecifiedTradePaymentTerms>"
)


@pytest.mark.parametrize(
    ("text", "code", "day"),
    [
        ("20260305", "102", date(2026, 3, 5)),
        ("20240229", "102", date(2024, 2, 29)),
        ("202603051430", "203", date(2026, 3, 5)),
        ("20260305143000", "204", date(2026, 3, 5)),
        ("20260305", "", date(2026, 3, 5)),
        ("2026-03-05", "", date(2026, 3, 5)),
        ("2026-03-05", "102", date(2026, 3, 5)),
        ("2026-03-05Z", "", date(2026, 3, 5)),
        ("2026-03-05+01:00", "", date(2026, 3, 5)),
        ("2026-03-05T23:30:00", "", date(2026, 3, 5)),
        ("20260305", "1020", None),
        ("2026-03-05", "1020", None),
        ("20250229", "102", None),
        ("00000000", "102", None),
        ("202603", "102", None),
        ("20260305", "203", None),
        ("20260305", "610", None),
        ("05.03.2026", "102", None),
        ("05032026", "102", None),
        ("٢٠٢٦٠٣٠٥", "102", None),
        ("", "102", None),
    ],
)
def test_a_day_is_read_by_its_format_or_not_at_all(text: str, code: str, day: date | None) -> None:
    assert day_in(Day(text, code)) == day


def test_a_date_that_is_no_day_is_left_out_and_warned_of() -> None:
    einvoice = read_xml(cii(Facts(issued="20141008", issued_format="1020")))

    assert "date_of_invoice" not in einvoice.fields
    assert einvoice.warnings == (
        'The date of the invoice, "20141008" in format "1020", is no day; left out.',
    )


def test_a_month_is_no_date_of_an_invoice() -> None:
    assert (
        "date_of_invoice" not in read_xml(cii(Facts(issued="202603", issued_format="610"))).fields
    )


def test_a_period_of_months_goes_from_the_first_day_to_the_last() -> None:
    fields = read_xml(cii(Facts(start="202401", end="202402", period_format="610"))).fields

    assert (fields["date_of_start"], fields["date_of_end"]) == ("2024-01-01", "2024-02-29")


@pytest.mark.parametrize("month", ["202600", "202613", "000001"])
def test_a_month_that_is_none_is_left_out(month: str) -> None:
    fields = read_xml(cii(Facts(start=month, end=month, period_format="610"))).fields

    assert not fields.keys() & {"date_of_start", "date_of_end"}


def test_a_period_may_have_one_end_only() -> None:
    fields = read_xml(ubl(Facts(start="20260201"))).fields

    assert fields["date_of_start"] == "2026-02-01"
    assert "date_of_end" not in fields


def test_a_period_that_ends_before_it_starts_is_left_out_and_warned_of() -> None:
    einvoice = read_xml(cii(Facts(start="20260301", end="20260201")))

    assert not einvoice.fields.keys() & {"date_of_start", "date_of_end"}
    assert einvoice.warnings == (
        "The period ends on 2026-02-01, before it starts on 2026-03-01; left out.",
    )


def test_a_due_date_for_a_discount_does_not_count() -> None:
    einvoice = read_xml(cii(Facts(due=("20260404",), terms=DISCOUNT.format("20260501"))))

    assert einvoice.fields["due_date"] == "2026-04-04"
    assert einvoice.warnings == ()


def test_a_due_date_for_a_discount_counts_where_there_is_no_other() -> None:
    einvoice = read_xml(cii(Facts(due=(), terms=DISCOUNT.format("20260314"))))

    assert einvoice.fields["due_date"] == "2026-03-14"


def test_of_instalments_the_first_one_is_due() -> None:
    terms = INSTALMENT.format("20260601") + INSTALMENT.format("20260501")

    einvoice = read_xml(cii(Facts(due=(), terms=terms)))

    assert einvoice.fields["due_date"] == "2026-05-01"
    assert einvoice.warnings == (
        "There is more than one due date: 2026-05-01, 2026-06-01; 2026-05-01 is sent.",
    )


def test_of_several_due_dates_without_a_reason_the_last_one_counts() -> None:
    einvoice = read_xml(cii(Facts(due=("20260404", "20260314"))))

    assert einvoice.fields["due_date"] == "2026-04-04"
    assert einvoice.warnings == (
        "There is more than one due date: 2026-03-14, 2026-04-04; 2026-04-04 is sent.",
    )


def test_the_same_due_date_twice_is_one() -> None:
    assert read_xml(cii(Facts(due=("20260404", "20260404")))).warnings == ()


def test_of_means_of_payment_in_ubl_the_first_one_is_due() -> None:
    means = "<cac:PaymentMeans><cbc:PaymentDueDate>{}</cbc:PaymentDueDate></cac:PaymentMeans>"
    terms = means.format("2026-06-01") + means.format("2026-05-01")

    assert read_xml(ubl(Facts(due=(), terms=terms))).fields["due_date"] == "2026-05-01"


def test_the_due_date_of_an_invoice_in_ubl_goes_before_those_of_its_means_of_payment() -> None:
    terms = (
        "<cac:PaymentMeans><cbc:PaymentDueDate>2026-01-01</cbc:PaymentDueDate></cac:PaymentMeans>"
    )

    assert read_xml(ubl(Facts(terms=terms))).fields["due_date"] == "2026-04-04"
