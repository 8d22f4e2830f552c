"""E-invoices made of values, in each of the syntaxes they come in."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

EN16931 = "urn:cen.eu:en16931:2017"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an invoice says; what is empty is not written at all."""

    guideline: str = EN16931
    number: str = "R-17"
    code: str = "380"
    issued: str = "20260305"
    issued_format: str = "102"
    due: tuple[str, ...] = ("20260404",)
    start: str = ""
    end: str = ""
    period_format: str = "102"
    currency: str = "EUR"
    seller: str = "Lieferant GmbH"
    net: str = "473.00"
    vat: tuple[tuple[str, str], ...] = (("56.87", "EUR"),)
    """Amounts and the currencies that they name."""
    gross: str = "529.87"
    taxes: tuple[tuple[str, str, str, str], ...] = (
        ("S", "7.00", "275.00", "19.25"),
        ("S", "19.00", "198.00", "37.62"),
    )
    """Category, rate, base and VAT."""
    terms: str = ""
    """Further elements among the terms of payment."""


def element(name: str, content: str, **attributes: str) -> str:
    """An element with a text; nothing where there is none."""
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
    return f"<{name}{said}>{escape(content)}</{name}>" if content else ""


def around(name: str, *contents: str) -> str:
    """An element with others in it; nothing where there are none."""
    inner = "".join(contents)
    return f"<{name}>{inner}</{name}>" if inner else ""


def cii(facts: Facts) -> bytes:
    """Factur-X, ZUGFeRD 2 or XRechnung: a Cross Industry Invoice of D16B."""
    uri = "urn:un:unece:uncefact:data:standard"
    return _cross_industry(
        facts,
        root="CrossIndustryInvoice",
        namespaces=f'xmlns:rsm="{uri}:CrossIndustryInvoice:100" '
        f'xmlns:ram="{uri}:ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:udt="{uri}:UnqualifiedDataType:100"',
        names=("ExchangedDocumentContext", "ExchangedDocument", "SupplyChainTradeTransaction"),
        party="ApplicableHeaderTrade",
        summation="SpecifiedTradeSettlementHeaderMonetarySummation",
        rate="RateApplicablePercent",
    )


def zugferd_1(facts: Facts) -> bytes:
    """ZUGFeRD 1, whose elements have other names."""
    uri = "urn:un:unece:uncefact:data:standard"
    return _cross_industry(
        facts,
        root="CrossIndustryDocument",
        namespaces='xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0" '
        f'xmlns:ram="{uri}:ReusableAggregateBusinessInformationEntity:12" '
        f'xmlns:udt="{uri}:UnqualifiedDataType:15"',
        names=(
            "SpecifiedExchangedDocumentContext",
            "HeaderExchangedDocument",
            "SpecifiedSupplyChainTradeTransaction",
        ),
        party="ApplicableSupplyChainTrade",
        summation="SpecifiedTradeSettlementMonetarySummation",
        rate="ApplicablePercent",
    )


def _cross_industry(
    facts: Facts,
    *,
    root: str,
    namespaces: str,
    names: tuple[str, str, str],
    party: str,
    summation: str,
    rate: str,
) -> bytes:
    context, document, transaction = names
    guideline = "ram:GuidelineSpecifiedDocumentContextParameter"
    body = (
        around(f"rsm:{context}", around(guideline, element("ram:ID", facts.guideline))),
        around(
            f"rsm:{document}",
            element("ram:ID", facts.number),
            element("ram:TypeCode", facts.code),
            _day("ram:IssueDateTime", facts.issued, facts.issued_format),
        ),
        around(
            f"rsm:{transaction}",
            around(f"ram:{party}Agreement", _parties(facts)),
            around(f"ram:{party}Settlement", _settlement(facts, summation, rate)),
        ),
    )
    return f"<rsm:{root} {namespaces}>{''.join(body)}</rsm:{root}>".encode()


def _parties(facts: Facts) -> str:
    return around("ram:SellerTradeParty", element("ram:Name", facts.seller)) + around(
        "ram:BuyerTradeParty", element("ram:Name", "Kunden AG")
    )


def _settlement(facts: Facts, summation: str, rate: str) -> str:
    return "".join(
        (
            element("ram:InvoiceCurrencyCode", facts.currency),
            *(_trade_tax(*tax, rate_name=rate) for tax in facts.taxes),
            around(
                "ram:BillingSpecifiedPeriod",
                _day("ram:StartDateTime", facts.start, facts.period_format),
                _day("ram:EndDateTime", facts.end, facts.period_format),
            ),
            *(
                around("ram:SpecifiedTradePaymentTerms", _day("ram:DueDateDateTime", day, "102"))
                for day in facts.due
            ),
            facts.terms,
            around(
                f"ram:{summation}",
                element("ram:TaxBasisTotalAmount", facts.net),
                *(element("ram:TaxTotalAmount", sum_, currencyID=of) for sum_, of in facts.vat),
                element("ram:GrandTotalAmount", facts.gross),
            ),
        )
    )


def _trade_tax(category: str, rate: str, base: str, tax: str, *, rate_name: str) -> str:
    return around(
        "ram:ApplicableTradeTax",
        element("ram:CalculatedAmount", tax),
        element("ram:TypeCode", "VAT"),
        element("ram:BasisAmount", base),
        element("ram:CategoryCode", category),
        element(f"ram:{rate_name}", rate),
    )


def _day(name: str, text: str, code: str) -> str:
    return around(name, element("udt:DateTimeString", text, format=code))


def ubl(facts: Facts, *, credit_note: bool = False) -> bytes:
    """An invoice or credit note in UBL; dates are written as 2026-03-05 here."""
    root = "CreditNote" if credit_note else "Invoice"
    uri = "urn:oasis:names:specification:ubl:schema:xsd"
    due = "".join(facts.due[:1])
    body = (
        element("cbc:CustomizationID", facts.guideline),
        element("cbc:ID", facts.number),
        element("cbc:IssueDate", _iso(facts.issued)),
        "" if credit_note else element("cbc:DueDate", _iso(due)),
        element(f"cbc:{root}TypeCode", facts.code),
        element("cbc:DocumentCurrencyCode", facts.currency),
        _period(facts),
        around("cac:AccountingSupplierParty", around("cac:Party", _name(facts.seller))),
        around("cac:AccountingCustomerParty", around("cac:Party", _name("Kunden AG"))),
        around("cac:PaymentMeans", element("cbc:PaymentDueDate", _iso(due))) if credit_note else "",
        facts.terms,
        *_tax_totals(facts),
        around(
            "cac:LegalMonetaryTotal",
            element("cbc:TaxExclusiveAmount", facts.net, currencyID=facts.currency),
            element("cbc:TaxInclusiveAmount", facts.gross, currencyID=facts.currency),
        ),
    )
    return (
        f'<{root} xmlns="{uri}:{root}-2" xmlns:cac="{uri}:CommonAggregateComponents-2" '
        f'xmlns:cbc="{uri}:CommonBasicComponents-2">{"".join(body)}</{root}>'
    ).encode()


def _period(facts: Facts) -> str:
    return around(
        "cac:InvoicePeriod",
        element("cbc:StartDate", _iso(facts.start)),
        element("cbc:EndDate", _iso(facts.end)),
    )


def _means_of_payment(due: str) -> str:
    return around("cac:PaymentMeans", element("cbc:PaymentDueDate", _iso(due)))


def _tax_totals(facts: Facts) -> list[str]:
    parts = [
        around(
            "cac:TaxSubtotal",
            element("cbc:TaxableAmount", base, currencyID=facts.currency),
            element("cbc:TaxAmount", tax, currencyID=facts.currency),
            around("cac:TaxCategory", element("cbc:ID", category), element("cbc:Percent", percent)),
        )
        for category, percent, base, tax in facts.taxes
    ]
    return [
        around("cac:TaxTotal", element("cbc:TaxAmount", sum_, currencyID=of), *parts)
        if of == facts.currency
        else around("cac:TaxTotal", element("cbc:TaxAmount", sum_, currencyID=of))
        for sum_, of in facts.vat
    ]


def _name(name: str) -> str:
    return around("cac:PartyLegalEntity", element("cbc:RegistrationName", name))


def _iso(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""
