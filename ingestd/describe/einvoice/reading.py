"""An e-invoice's XML as the fields of the create request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

from ingestd.describe.einvoice.cii import D16B, ZUGFERD_1, from_cii
from ingestd.describe.einvoice.dates import dates_in
from ingestd.describe.einvoice.money import by_rate, currency_in, totals_in
from ingestd.describe.einvoice.parsing import parse
from ingestd.describe.einvoice.totals import Part, Totals, judge
from ingestd.describe.einvoice.ubl import from_ubl
from ingestd.describe.einvoice.values import plain, shown
from ingestd.describe.einvoice.written import Written
from ingestd.describe.wording import LONGEST_TITLE, wording
from ingestd.errors import NoEInvoice

LONGEST_NUMBER = 255
"""Characters, from the API's `CreateIncomingInvoiceForm`."""
HOME_CURRENCY = "EUR"
"""Kanbert's invoices have no currency; an invoice in this one needs no word about it."""

MOST_WARNINGS = 20
LONGEST_WARNING = 500
"""Characters."""

CREDIT_NOTES = frozenset({81, 83, 261, 262, 296, 308, 381, 396, 420, 458, 502, 503, 532})
"""Codes of UNTDID 1001 that are credit notes in EN 16931's code list."""
CREDITED = CREDIT_NOTES | {389}
"""What comes in and is money back: a self-billed invoice (389, in German a Gutschrift) reaches its
seller, who gets the money."""
SELF_BILLED = frozenset({261, 389, 471, 473, 500, 501, 502, 527})
"""Codes of what the buyer issues in the seller's name."""

_CODE = re.compile(r"[0-9]{1,4}")
_NEEDED = frozenset({"invoice_number", "date_of_invoice", "net_value", "vat_value"})
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_SYNTAXES: Mapping[str, Callable[[Element], Written]] = {
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": partial(
        from_cii, dialect=D16B
    ),
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": partial(
        from_cii, dialect=ZUGFERD_1
    ),
    f"{{{_UBL}Invoice-2}}Invoice": partial(from_ubl, credit_note=False),
    f"{{{_UBL}CreditNote-2}}CreditNote": partial(from_ubl, credit_note=True),
}
"""What reads an invoice, by its root element."""
_ORDER = "SCRDMCCBDACIOMessageStructure"


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an e-invoice says of itself."""

    fields: dict[str, Any]
    """By the create request's names; amounts and dates as text, so that JSON holds them all."""
    warnings: tuple[str, ...]
    """What was left out, or looks odd, and why; sentences."""
    complete: bool
    """Number, date and totals were read, and nothing contradicts them: OCR may be skipped."""
    kind: str
    """Standard, profile and syntax, such as "Factur-X EN 16931 (CII)"."""


def read_xml(xml: bytes) -> EInvoice:
    """Read an invoice in CII (also ZUGFeRD 1) or UBL.

    :raises NoEInvoice: it is none, or cannot be read at all.
    :raises ImportError: lxml is not installed.
    """
    written = _written(parse(xml))
    warnings: list[str] = []
    currency = currency_in(written, warnings)
    totals = totals_in(written, currency, warnings)
    verdict = judge(totals)
    fields = {
        **_texts(written, currency, warnings),
        **_type(written, totals, warnings),
        **dates_in(written, warnings),
        **_sums(totals, verdict.doubted),
    }
    warnings += verdict.contradictions
    if verdict.doubted:
        left_out = ", ".join(part for part in Part if part in verdict.doubted)
        warnings.append(f"For that, these are left out: {left_out}.")
    all_rates = bool(totals.lines) or not written.taxes
    complete = fields.keys() >= _NEEDED and all_rates and not verdict.contradictions
    return EInvoice(fields, _few(warnings), complete, written.kind)


def _few(warnings: list[str]) -> tuple[str, ...]:
    """So many that somebody reads them: whoever writes the XML could have a line for each byte."""
    return tuple(warning[:LONGEST_WARNING] for warning in warnings[:MOST_WARNINGS])


def _written(root: Element) -> Written:
    """What it says, in whichever syntax its root element names."""
    reader = _SYNTAXES.get(root.tag)
    if reader is not None:
        return reader(root)
    name = root.tag.rpartition("}")[2]
    if name == _ORDER:
        raise NoEInvoice("The XML is an order (Order-X), and no invoice.")
    raise NoEInvoice(f"The XML is no invoice in CII or UBL: its root element is {shown(name)}.")


def _texts(written: Written, currency: str, warnings: list[str]) -> dict[str, str]:
    texts = {"title": wording(written.seller)[:LONGEST_TITLE].rstrip()}
    number = wording(written.number)
    if len(number) > LONGEST_NUMBER:
        # a part of a number would be another invoice's
        warnings.append(f"The number {shown(number)} is too long for Kanbert; left out.")
    else:
        texts["invoice_number"] = number
    if currency not in {"", HOME_CURRENCY}:
        texts["notes"] = f"All amounts are in {currency}; nothing was converted."
    return {field: text for field, text in texts.items() if text}


def _type(written: Written, totals: Totals, warnings: list[str]) -> dict[str, str]:
    said = written.type_code
    code = int(said) if _CODE.fullmatch(said) else None
    if code is None and not written.credit_note:
        warnings.append(f"The type {shown(said)} is no code such as 380; left out.")
        return {}
    kind = "Credit" if written.credit_note or code in CREDITED else "Invoice"
    if code in SELF_BILLED:
        warnings.append(
            f"The buyer issued it for the seller: the title may be your own name. Sent as {kind}; "
            "change that in Kanbert if you are the buyer."
        )
    if _negative(totals):
        warnings.append(f"Its totals are negative; they are sent as they are, as {kind}.")
    return {"type": kind}


def _negative(totals: Totals) -> bool:
    total = totals.net if totals.gross is None else totals.gross
    return total is not None and total < Decimal(0)


def _sums(totals: Totals, doubted: frozenset[Part]) -> dict[str, Any]:
    sums: dict[str, Any] = {}
    if totals.net is not None and Part.NET not in doubted:
        sums["net_value"] = plain(totals.net)
    if totals.vat is not None and Part.VAT not in doubted:
        sums["vat_value"] = plain(totals.vat)
    if totals.lines and Part.RATES not in doubted:
        sums["vats"] = by_rate(totals.lines)
    return sums
