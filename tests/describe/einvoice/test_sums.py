from __future__ import annotations

from collections.abc import Callable

import pytest

from ingestd.describe.einvoice import read_xml
from ingestd.describe.einvoice.values import amount_in, plain
from tests.describe.einvoice.documents import Facts, cii, ubl


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("473.00", "473.00"),
        ("473", "473"),
        ("-473.00", "-473.00"),
        ("+473.00", "473.00"),
        ("473.", "473"),
        (".5", "0.5"),
        ("-0.00", "0.00"),
        ("000473.00", "473.00"),
        ("0.1", "0.1"),
        ("999999999999999.99", "999999999999999.99"),
        ("1.1234567890123", None),
        ("1000000000000000", None),
        ("1.234,56", None),
        ("1,234.56", None),
        ("1 234.56", None),
        ("1e5", None),
        ("NaN", None),
        ("Infinity", None),
        ("12 EUR", None),
        ("1_000", None),
        ("١٢", None),
        (".", None),
        ("", None),
        ("0" * 50 + "1", None),
    ],
)
def test_an_amount_is_read_exactly_or_not_at_all(text: str, number: str | None) -> None:
    read = amount_in(text)

    assert (None if read is None else plain(read)) == number


@pytest.mark.parametrize(
    ("facts", "field", "warning"),
    [
        (
            Facts(net="1.234,56"),
            "net_value",
            'The net total "1.234,56" is no number such as 1234.56; left out.',
        ),
        (
            Facts(vat=(("56,87", "EUR"),)),
            "vat_value",
            'The VAT total "56,87" is no number such as 1234.56; left out.',
        ),
        (
            Facts(vat=(("56.87", "EUR"), ("57.00", "EUR"))),
            "vat_value",
            'There is more than one VAT total: "56.87", "57.00"; left out.',
        ),
        (
            Facts(taxes=(("S", "7", "275.00", "19.25"), ("S", "", "198.00", "37.62"))),
            "vats",
            'A VAT with rate "" and amount "37.62" cannot be read; all rates are left out.',
        ),
        (
            Facts(taxes=(("S", "19", "198.00", "37,62"),)),
            "vats",
            'A VAT with rate "19" and amount "37,62" cannot be read; all rates are left out.',
        ),
    ],
)
def test_a_sum_that_cannot_be_read_is_left_out_and_warned_of(
    facts: Facts, field: str, warning: str
) -> None:
    einvoice = read_xml(cii(facts))

    assert field not in einvoice.fields
    assert einvoice.warnings == (warning,)


def test_vat_of_one_rate_in_several_categories_is_one_line() -> None:
    facts = Facts(
        net="300.00",
        vat=(("19.00", "EUR"),),
        gross="319.00",
        taxes=(
            ("E", "0", "50.00", "0.00"),
            ("S", "19.00", "60.00", "11.40"),
            ("Z", "0.00", "150.00", "0.00"),
            ("S", "19", "40.00", "7.60"),
        ),
    )

    assert read_xml(cii(facts)).fields["vats"] == [
        {"vat": "0", "value": "0.00"},
        {"vat": "19", "value": "19.00"},
    ]


@pytest.mark.parametrize("category", ["E", "Z", "AE", "K", "G", "O"])
@pytest.mark.parametrize(("rate", "tax"), [("0.00", "0.00"), ("", ""), ("19", "0.00")])
def test_a_category_without_vat_has_the_rate_0_whatever_it_names(
    category: str, rate: str, tax: str
) -> None:
    facts = Facts(
        net="100.00",
        vat=(("0.00", "EUR"),),
        gross="100.00",
        taxes=((category, rate, "100.00", tax),),
    )

    einvoice = read_xml(cii(facts))

    assert einvoice.fields["vats"] == [{"vat": "0", "value": tax or "0"}]
    assert einvoice.warnings == ()


@pytest.mark.parametrize("write", [cii, ubl])
def test_an_invoice_in_another_currency_says_so_and_is_not_converted(
    write: Callable[[Facts], bytes],
) -> None:
    facts = Facts(currency="GBP", vat=(("56.87", "GBP"), ("63.83", "EUR")))

    einvoice = read_xml(write(facts))

    assert einvoice.fields["notes"] == "All amounts are in GBP; nothing was converted."
    assert einvoice.fields["vat_value"] == "56.87"
    assert einvoice.complete


def test_the_vat_in_the_currency_of_the_books_may_come_first() -> None:
    facts = Facts(currency="GBP", vat=(("63.83", "EUR"), ("56.87", "GBP")))

    assert read_xml(ubl(facts)).fields["vat_value"] == "56.87"


def test_rates_in_the_currency_of_the_books_are_not_counted() -> None:
    other = (
        b'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">63.83</cbc:TaxAmount><cac:TaxSubtotal>'
        b'<cbc:TaxAmount currencyID="EUR">63.83</cbc:TaxAmount>'
        b"<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent></cac:TaxCategory>"
        b"</cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>"
    )
    xml = ubl(Facts(currency="GBP", vat=(("56.87", "GBP"),)))

    fields = read_xml(xml.replace(b"<cac:LegalMonetaryTotal>", other)).fields

    assert fields["vats"] == [{"vat": "7", "value": "19.25"}, {"vat": "19", "value": "37.62"}]


def test_a_vat_total_in_another_currency_only_is_what_the_rates_make() -> None:
    einvoice = read_xml(cii(Facts(currency="GBP", vat=(("63.83", "EUR"),))))

    assert einvoice.fields["vat_value"] == "56.87"
    assert einvoice.warnings == ("The VAT total is not in the invoice's currency, GBP; left out.",)


def test_a_vat_total_that_is_not_there_is_what_the_rates_make() -> None:
    assert read_xml(cii(Facts(vat=()))).fields["vat_value"] == "56.87"


def test_without_vat_total_and_rates_the_vat_is_none_if_it_adds_nothing() -> None:
    facts = Facts(net="100.00", vat=(), gross="100.00", taxes=())

    assert read_xml(cii(facts)).fields["vat_value"] == "0"


def test_without_vat_total_and_rates_the_vat_is_not_guessed() -> None:
    facts = Facts(net="100.00", vat=(), gross="119.00", taxes=())

    assert "vat_value" not in read_xml(cii(facts)).fields


@pytest.mark.parametrize(
    ("currency", "warning"),
    [
        ("", "The invoice names no currency."),
        ("€", 'The currency "€" is no code such as EUR.'),
    ],
)
def test_a_currency_that_is_not_known_is_warned_of(currency: str, warning: str) -> None:
    einvoice = read_xml(cii(Facts(currency=currency)))

    assert einvoice.warnings == (warning,)
    assert "notes" not in einvoice.fields


def test_a_currency_that_only_the_amounts_name_counts() -> None:
    xml = cii(Facts(currency="", vat=(("56.87", "GBP"), ("63.83", "EUR")))).replace(
        b"<ram:TaxBasisTotalAmount>", b'<ram:TaxBasisTotalAmount currencyID="GBP">'
    )

    assert read_xml(xml).fields["vat_value"] == "56.87"


def test_the_code_of_a_currency_may_be_in_small_letters() -> None:
    assert read_xml(cii(Facts(currency="eur"))).warnings == ()


def test_rates_beyond_all_bounds_are_left_out() -> None:
    huge = ("S", "0", "", "900000000000000")

    einvoice = read_xml(cii(Facts(vat=(), gross="", taxes=(huge, huge))))

    assert not einvoice.fields.keys() & {"vats", "vat_value"}


def test_more_lines_of_vat_than_any_invoice_has_are_left_out() -> None:
    einvoice = read_xml(cii(Facts(taxes=(("S", "0", "0", "0"),) * 101)))

    assert "vats" not in einvoice.fields
    assert einvoice.warnings == ("There are 101 lines of VAT; all rates are left out.",)
