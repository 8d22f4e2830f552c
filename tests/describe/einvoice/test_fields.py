from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.describe.einvoice import read_xml
from ingestd.kanbert import CreateInvoice
from tests.describe.einvoice.documents import Facts, cii, ubl


@pytest.mark.parametrize(
    "code",
    ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"],
)
def test_credit_notes_are_of_type_credit(code: str) -> None:
    assert read_xml(cii(Facts(code=code))).fields["type"] == "Credit"


@pytest.mark.parametrize(
    "code",
    ["71", "80", "82", "84", "326", "380", "383", "384", "386", "393", "751", "875", "877"],
)
def test_all_other_codes_are_of_type_invoice(code: str) -> None:
    assert read_xml(cii(Facts(code=code))).fields["type"] == "Invoice"


@pytest.mark.parametrize("code", ["381", "380", ""])
def test_what_is_a_credit_note_to_ubl_is_one_whatever_its_code(code: str) -> None:
    assert read_xml(ubl(Facts(code=code), credit_note=True)).fields["type"] == "Credit"


def test_an_invoice_of_ubl_with_the_code_of_a_credit_note_is_one() -> None:
    assert read_xml(ubl(Facts(code="381"))).fields["type"] == "Credit"


@pytest.mark.parametrize("code", ["", "Rechnung", "38O", "٣٨١", "3" * 5000])
def test_a_type_that_is_no_code_is_left_out(code: str) -> None:
    einvoice = read_xml(cii(Facts(code=code)))

    assert "type" not in einvoice.fields
    assert einvoice.warnings[0].startswith('The type "')


@pytest.mark.parametrize(("code", "kind"), [("384", "Invoice"), ("381", "Credit")])
def test_negative_totals_are_sent_as_they_are_and_warned_of(code: str, kind: str) -> None:
    facts = Facts(
        code=code,
        net="-100.00",
        vat=(("-19.00", "EUR"),),
        gross="-119.00",
        taxes=(("S", "19", "-100.00", "-19.00"),),
    )

    einvoice = read_xml(cii(facts))

    assert einvoice.warnings == (f"Its totals are negative; they are sent as they are, as {kind}.",)
    assert einvoice.fields["type"] == kind
    assert einvoice.fields["net_value"] == "-100.00"
    assert einvoice.fields["vat_value"] == "-19.00"
    assert einvoice.fields["vats"] == [{"vat": "19", "value": "-19.00"}]


@pytest.mark.parametrize("syntax", [cii, ubl])
def test_a_gutschrift_that_the_buyer_issued_is_money_for_whom_it_reaches(
    syntax: Callable[[Facts], bytes],
) -> None:
    assert read_xml(syntax(Facts(code="389"))).fields["type"] == "Credit"


@pytest.mark.parametrize("code", ["389", "261"])
def test_what_the_buyer_issued_is_warned_of(code: str) -> None:
    (warning,) = read_xml(cii(Facts(code=code))).warnings

    assert warning == (
        "The buyer issued it for the seller: the title may be your own name. Sent as Credit; "
        "change that in Kanbert if you are the buyer."
    )


@pytest.mark.parametrize(
    ("seller", "title"),
    [
        ("Müller & Söhne\n\tGmbH", "Müller & Söhne GmbH"),
        ("x" * 300, "x" * 255),
        ("x" * 254 + " y", "x" * 254),
        ("a\u202eb", "a b"),
    ],
)
def test_the_title_is_the_sellers_name_in_one_line_that_kanbert_takes(
    seller: str, title: str
) -> None:
    assert read_xml(cii(Facts(seller=seller))).fields["title"] == title


def test_a_number_that_is_too_long_is_left_out_and_not_cut() -> None:
    einvoice = read_xml(cii(Facts(number="9" * 256)))

    assert "invoice_number" not in einvoice.fields
    assert einvoice.warnings == (f'The number "{"9" * 40}…" is too long for Kanbert; left out.',)


@pytest.mark.parametrize(
    "facts",
    [
        Facts(number=""),
        Facts(issued=""),
        Facts(net=""),
        Facts(vat=(), taxes=()),
        Facts(taxes=(("S", "?", "473.00", "56.87"),)),
        Facts(gross="530.00"),
    ],
    ids=["number", "date", "net", "vat", "rates that cannot be read", "a contradiction"],
)
def test_an_invoice_is_complete_only_with_number_date_and_sound_totals(facts: Facts) -> None:
    assert not read_xml(cii(facts)).complete


def test_an_invoice_is_complete_without_a_due_date_a_period_or_a_seller() -> None:
    assert read_xml(cii(Facts(due=(), seller=""))).complete


def test_warnings_are_few_and_short_whatever_is_written() -> None:
    wrong = tuple(f"201{number:05}" for number in range(1000))
    right = tuple(f"20{year:02}0101" for year in range(100))

    warnings = read_xml(cii(Facts(due=right + wrong))).warnings
    several = read_xml(cii(Facts(due=right))).warnings

    assert len(warnings) == 20
    assert [len(warning) for warning in several] == [500]


AMOUNTS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["", "0", "-0.00", "999999999999999.999999999999", "1e5", "1.234,56", ".5"]),
)
TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
    ),
    max_size=300,
)
FACTS = st.builds(
    Facts,
    number=TEXTS,
    code=st.sampled_from(["380", "381", "x", ""]),
    issued=st.sampled_from(["20260305", "00000000", "99999999", "2026-03-05", "x"]),
    issued_format=st.sampled_from(["102", "203", "610", "", "x"]),
    currency=st.sampled_from(["EUR", "GBP", "", "€"]),
    seller=TEXTS,
    net=AMOUNTS,
    vat=st.lists(st.tuples(AMOUNTS, st.sampled_from(["", "EUR", "GBP"])), max_size=3).map(tuple),
    gross=AMOUNTS,
    taxes=st.lists(
        st.tuples(st.sampled_from(["S", "E", ""]), AMOUNTS, AMOUNTS, AMOUNTS), max_size=4
    ).map(tuple),
)


@given(FACTS)
def test_whatever_is_written_kanberts_create_request_takes_what_is_read(facts: Facts) -> None:
    fields = read_xml(cii(facts)).fields

    CreateInvoice.model_validate(json.loads(json.dumps(fields)))
