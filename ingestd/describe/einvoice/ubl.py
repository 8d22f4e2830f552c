"""Where an invoice's terms are in OASIS's Universal Business Language 2.1."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ingestd.describe.einvoice.profile import kind_of_ubl
from ingestd.describe.einvoice.tree import amount, amounts, every, text, written_in
from ingestd.describe.einvoice.written import Day, Due, Tax, Written

_SUPPLIER = ("AccountingSupplierParty", "Party")


def from_ubl(root: Element, *, credit_note: bool) -> Written:
    """What an Invoice or a CreditNote says."""
    type_code = "CreditNoteTypeCode" if credit_note else "InvoiceTypeCode"
    return Written(
        kind=kind_of_ubl(text(root, "CustomizationID")),
        number=text(root, "ID"),
        type_code=text(root, type_code),
        credit_note=credit_note,
        issued=Day(text(root, "IssueDate")),
        due=_due(root),
        start=Day(text(root, "InvoicePeriod", "StartDate")),
        end=Day(text(root, "InvoicePeriod", "EndDate")),
        currency=text(root, "DocumentCurrencyCode"),
        seller=text(root, *_SUPPLIER, "PartyLegalEntity", "RegistrationName")
        or text(root, *_SUPPLIER, "PartyName", "Name"),
        net=amounts(root, "LegalMonetaryTotal", "TaxExclusiveAmount"),
        vat=amounts(root, "TaxTotal", "TaxAmount"),
        gross=amounts(root, "LegalMonetaryTotal", "TaxInclusiveAmount"),
        taxes=tuple(_tax(part) for part in every(root, "TaxTotal", "TaxSubtotal")),
    )


def _due(root: Element) -> tuple[Due, ...]:
    """The due date; a CreditNote has none of its own, but one for each means of payment."""
    own = text(root, "DueDate")
    if own:
        return (Due(Day(own)),)
    return tuple(
        Due(Day(written_in(day)), partial=True)
        for day in every(root, "PaymentMeans", "PaymentDueDate")
    )


def _tax(part: Element) -> Tax:
    return Tax(
        category=text(part, "TaxCategory", "ID"),
        rate=text(part, "TaxCategory", "Percent"),
        base=amount(part, "TaxableAmount"),
        tax=amount(part, "TaxAmount"),
    )
