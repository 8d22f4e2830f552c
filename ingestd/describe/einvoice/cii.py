"""Where an invoice's terms are in UN/CEFACT's Cross Industry Invoice.

Two dialects: that of EN 16931 (D16B: Factur-X, ZUGFeRD 2, XRechnung), and that of ZUGFeRD 1,
which came before and has other names for the elements around the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ingestd.describe.einvoice.profile import kind_of_cii
from ingestd.describe.einvoice.tree import amount, amounts, every, first, text, written_in
from ingestd.describe.einvoice.written import Day, Due, Tax, Written


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names that differ."""

    name: str
    """Of the standard, where every document in this dialect is of one; else empty."""
    context: str
    document: str
    transaction: str
    agreement: str
    settlement: str
    summation: str
    rate: str


ZUGFERD_1 = Dialect(
    name="ZUGFeRD 1",
    context="SpecifiedExchangedDocumentContext",
    document="HeaderExchangedDocument",
    transaction="SpecifiedSupplyChainTradeTransaction",
    agreement="ApplicableSupplyChainTradeAgreement",
    settlement="ApplicableSupplyChainTradeSettlement",
    summation="SpecifiedTradeSettlementMonetarySummation",
    rate="ApplicablePercent",
)
D16B = Dialect(
    name="",
    context="ExchangedDocumentContext",
    document="ExchangedDocument",
    transaction="SupplyChainTradeTransaction",
    agreement="ApplicableHeaderTradeAgreement",
    settlement="ApplicableHeaderTradeSettlement",
    summation="SpecifiedTradeSettlementHeaderMonetarySummation",
    rate="RateApplicablePercent",
)
_NOTHING = Element("nothing")


def from_cii(root: Element, dialect: Dialect) -> Written:
    """What a Cross Industry Invoice says."""
    guideline = text(root, dialect.context, "GuidelineSpecifiedDocumentContextParameter", "ID")
    settlement = first(root, dialect.transaction, dialect.settlement)
    settlement = _NOTHING if settlement is None else settlement
    document = dialect.document
    seller = (dialect.transaction, dialect.agreement, "SellerTradeParty")
    return Written(
        kind=kind_of_cii(guideline, dialect.name),
        number=text(root, document, "ID"),
        type_code=text(root, document, "TypeCode"),
        credit_note=False,
        issued=_day(root, document, "IssueDateTime"),
        due=tuple(_due(terms) for terms in every(settlement, "SpecifiedTradePaymentTerms")),
        start=_day(settlement, "BillingSpecifiedPeriod", "StartDateTime"),
        end=_day(settlement, "BillingSpecifiedPeriod", "EndDateTime"),
        currency=text(settlement, "InvoiceCurrencyCode"),
        seller=text(root, *seller, "Name"),
        net=amounts(settlement, dialect.summation, "TaxBasisTotalAmount"),
        vat=amounts(settlement, dialect.summation, "TaxTotalAmount"),
        gross=amounts(settlement, dialect.summation, "GrandTotalAmount"),
        taxes=tuple(_tax(tax, dialect) for tax in every(settlement, "ApplicableTradeTax")),
    )


def _day(within: Element, *path: str) -> Day:
    """A date that is written as text in some format, or (rarely) as `DateTime` in ISO 8601."""
    written = first(within, *path, "DateTimeString")
    if written is None:
        return Day(text(within, *path, "DateTime"))
    return Day(written_in(written), written.get("format", "").strip())


def _due(terms: Element) -> Due:
    return Due(
        _day(terms, "DueDateDateTime"),
        discounted=first(terms, "ApplicableTradePaymentDiscountTerms") is not None,
        partial=text(terms, "PartialPaymentAmount") != "",
    )


def _tax(tax: Element, dialect: Dialect) -> Tax:
    return Tax(
        category=text(tax, "CategoryCode"),
        rate=text(tax, dialect.rate),
        base=amount(tax, "BasisAmount"),
        tax=amount(tax, "CalculatedAmount"),
    )
