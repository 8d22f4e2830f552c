from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ingestd.describe.einvoice import NoEInvoice, read_xml
from ingestd.errors import IngestdError
from ingestd.kanbert import CreateInvoice
from tests.describe.einvoice.documents import EN16931, Facts, cii, ubl, zugferd_1

SYNTAXES = [
    pytest.param(cii, id="cii"),
    pytest.param(zugferd_1, id="zugferd 1"),
    pytest.param(ubl, id="ubl"),
]
Write = Callable[[Facts], bytes]
FACTS = Facts(start="20260201", end="20260228")
FIELDS: dict[str, Any] = {
    "title": "Lieferant GmbH",
    "invoice_number": "R-17",
    "type": "Invoice",
    "date_of_invoice": "2026-03-05",
    "due_date": "2026-04-04",
    "date_of_start": "2026-02-01",
    "date_of_end": "2026-02-28",
    "net_value": "473.00",
    "vat_value": "56.87",
    "vats": [{"vat": "7", "value": "19.25"}, {"vat": "19", "value": "37.62"}],
}
CREDIT_NOTE = partial(ubl, credit_note=True)


@pytest.mark.parametrize("write", SYNTAXES)
def test_each_syntax_gives_the_same_fields(write: Write) -> None:
    assert read_xml(write(FACTS)).fields == FIELDS


def test_a_credit_note_of_ubl_has_the_same_fields_but_the_type() -> None:
    facts = Facts(code="381", start="20260201", end="20260228")

    assert read_xml(CREDIT_NOTE(facts)).fields == {**FIELDS, "type": "Credit"}


@pytest.mark.parametrize("write", [*SYNTAXES, pytest.param(CREDIT_NOTE, id="credit note")])
def test_a_sound_invoice_is_complete_and_warns_of_nothing(write: Write) -> None:
    einvoice = read_xml(write(FACTS))

    assert (einvoice.complete, einvoice.warnings) == (True, ())


@pytest.mark.parametrize("write", SYNTAXES)
def test_kanberts_create_request_takes_the_fields(write: Write) -> None:
    invoice = CreateInvoice.model_validate(read_xml(write(FACTS)).fields)

    assert invoice.changes().keys() == FIELDS.keys()


@pytest.mark.parametrize(
    ("write", "guideline", "kind"),
    [
        (cii, "urn:factur-x.eu:1p0:minimum", "Factur-X MINIMUM (CII)"),
        (cii, "urn:factur-x.eu:1p0:basicwl", "Factur-X BASIC WL (CII)"),
        (cii, f"{EN16931}#compliant#urn:factur-x.eu:1p0:basic", "Factur-X BASIC (CII)"),
        (cii, EN16931, "Factur-X EN 16931 (CII)"),
        (cii, f"{EN16931}#conformant#urn:factur-x.eu:1p0:extended", "Factur-X EXTENDED (CII)"),
        (cii, "urn:zugferd.de:2p0:minimum", "ZUGFeRD 2 MINIMUM (CII)"),
        (cii, f"{EN16931}#conformant#urn:zugferd.de:2p0:extended", "ZUGFeRD 2 EXTENDED (CII)"),
        (cii, f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "XRechnung (CII)"),
        (ubl, f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "XRechnung (UBL)"),
        (
            ubl,
            f"{EN16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
            "Peppol BIS Billing (UBL)",
        ),
        (ubl, EN16931, "EN 16931 (UBL)"),
        (ubl, "", "Invoice (UBL)"),
        (cii, "urn:of-our-own", "Factur-X (CII)"),
        (
            zugferd_1,
            "urn:ferd:CrossIndustryDocument:invoice:1p0:basic",
            "ZUGFeRD 1 BASIC (CII)",
        ),
        (
            zugferd_1,
            "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort",
            "ZUGFeRD 1 COMFORT (CII)",
        ),
        (
            zugferd_1,
            "urn:ferd:CrossIndustryDocument:invoice:1p0:extended",
            "ZUGFeRD 1 EXTENDED (CII)",
        ),
    ],
)
def test_a_document_is_called_by_its_standard_profile_and_syntax(
    write: Write, guideline: str, kind: str
) -> None:
    assert read_xml(write(Facts(guideline=guideline))).kind == kind


def test_an_invoice_of_profile_minimum_has_totals_but_no_rates() -> None:
    facts = Facts(guideline="urn:factur-x.eu:1p0:minimum", due=(), taxes=())

    einvoice = read_xml(cii(facts))

    assert einvoice.complete
    assert einvoice.fields == {
        "title": "Lieferant GmbH",
        "invoice_number": "R-17",
        "type": "Invoice",
        "date_of_invoice": "2026-03-05",
        "net_value": "473.00",
        "vat_value": "56.87",
    }


def test_prefixes_may_have_any_name() -> None:
    renamed = cii(FACTS).replace(b"rsm:", b"a:").replace(b"ram:", b"rsm:").replace(b"udt:", b"_:")
    renamed = (
        renamed.replace(b":rsm=", b":a=").replace(b":ram=", b":rsm=").replace(b":udt=", b":_=")
    )

    assert read_xml(renamed).fields == FIELDS


def test_versions_of_namespaces_below_the_root_do_not_matter() -> None:
    other = cii(FACTS).replace(b"UnqualifiedDataType:100", b"UnqualifiedDataType:10")

    assert read_xml(other).fields == FIELDS


def test_comments_and_spaces_in_a_value_are_not_part_of_it() -> None:
    spaced = (
        cii(FACTS)
        .replace(b">R-17<", b">\n\t R-<!-- 1 -->17 \n<")
        .replace(b">473.00<", b"> 473.00\n<")
    )

    assert read_xml(spaced).fields == FIELDS


def test_a_dated_element_may_hold_a_moment_instead_of_a_text() -> None:
    written = b'<udt:DateTimeString format="102">20260305</udt:DateTimeString>'
    moment = b"<udt:DateTime>2026-03-05T10:00:00+01:00</udt:DateTime>"

    assert read_xml(cii(FACTS).replace(written, moment)).fields == FIELDS


def test_a_seller_in_ubl_with_only_a_trading_name_is_called_by_that() -> None:
    legal = (
        b"<cac:PartyLegalEntity><cbc:RegistrationName>Lieferant GmbH</cbc:RegistrationName>"
        b"</cac:PartyLegalEntity>"
    )
    trading = b"<cac:PartyName><cbc:Name>Laden</cbc:Name></cac:PartyName>"

    assert read_xml(ubl(FACTS).replace(legal, trading)).fields["title"] == "Laden"


ORDER = "SCRDMCCBDACIOMessageStructure"


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (
            f'<a:{ORDER} xmlns:a="urn:un:unece:uncefact:data:{ORDER}:100"/>',
            "The XML is an order (Order-X), and no invoice.",
        ),
        (
            "<Invoice/>",
            'The XML is no invoice in CII or UBL: its root element is "Invoice".',
        ),
        (
            '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
            'The XML is no invoice in CII or UBL: its root element is "Order".',
        ),
        (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
            'The XML is no invoice in CII or UBL: its root element is "xmpmeta".',
        ),
    ],
)
def test_what_is_no_invoice_is_refused_by_what_it_is(xml: str, why: str) -> None:
    with pytest.raises(NoEInvoice) as refusal:
        read_xml(xml.encode())

    assert str(refusal.value) == why


def test_a_refusal_is_an_error_of_ours() -> None:
    assert issubclass(NoEInvoice, IngestdError)


@pytest.mark.parametrize("write", SYNTAXES)
def test_an_invoice_that_says_nothing_gives_no_fields(write: Write) -> None:
    nothing = Facts(
        guideline="", number="", code="", issued="", due=(), currency="", seller="", net="",
        vat=(), gross="", taxes=(),
    )  # fmt: skip

    einvoice = read_xml(write(nothing))

    assert (einvoice.fields, einvoice.complete) == ({}, False)
