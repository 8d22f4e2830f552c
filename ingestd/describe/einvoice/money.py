"""The sums of an invoice, read: its totals, its VAT by rate, and which currency they are in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from ingestd.describe.einvoice.totals import Line, Totals
from ingestd.describe.einvoice.values import (
    LARGEST,
    amount_in,
    currency_of,
    in_currency,
    plain,
    shown,
)
from ingestd.describe.einvoice.written import Sum, Tax, Written

_NO_VAT = frozenset({"AE", "E", "G", "K", "O", "Z"})
"""Categories without VAT: reverse charge, exempt, export, intra-community, out of scope, zero.
Some name no rate (BR-O-05), others that of a supply with VAT."""


MOST_LINES = 100
"""Of VAT by rate and category; an invoice has one to a handful."""


def currency_in(written: Written, warnings: list[str]) -> str:
    """The currency that an invoice is in; empty where that cannot be told."""
    currency = currency_of(written.currency, written.net + written.gross)
    if written.currency and not currency:
        warnings.append(f"The currency {shown(written.currency)} is no code such as EUR.")
    elif not currency:
        warnings.append("The invoice names no currency.")
    return currency


def totals_in(written: Written, currency: str, warnings: list[str]) -> Totals:
    """The totals of an invoice and its VAT by rate, in its currency.

    A VAT total may be left out of an invoice (BT-110 is optional): then it is what its rates
    make, or nothing where the total does not change by it.
    """
    net = _total("net total", written.net, currency, warnings)
    vat = _total("VAT total", written.vat, currency, warnings)
    gross = _total("total with VAT", written.gross, currency, warnings)
    lines = _lines(written.taxes, currency, warnings)
    if vat is None and not in_currency(written.vat, currency):
        vat = _vat_without_total(net, gross, lines)
    return Totals(net, vat, gross, lines)


def _vat_without_total(
    net: Decimal | None, gross: Decimal | None, lines: Sequence[Line]
) -> Decimal | None:
    if lines:
        return sum((line.tax for line in lines), Decimal(0))
    return Decimal(0) if net is not None and net == gross else None


def _total(name: str, sums: Iterable[Sum], currency: str, warnings: list[str]) -> Decimal | None:
    sums = [one for one in sums if one.text]
    candidates = in_currency(sums, currency)
    if sums and not candidates:
        warnings.append(f"The {name} is not in the invoice's currency, {currency}; left out.")
    numbers = {one.text: amount_in(one.text) for one in candidates}
    for text, number in numbers.items():
        if number is None:
            warnings.append(f"The {name} {shown(text)} is no number such as 1234.56; left out.")
            return None
    if len(set(numbers.values())) > 1:
        several = ", ".join(shown(text) for text in numbers)
        warnings.append(f"There is more than one {name}: {several}; left out.")
        return None
    return next(iter(numbers.values()), None)


def _lines(taxes: Sequence[Tax], currency: str, warnings: list[str]) -> tuple[Line, ...]:
    """The VAT by rate and category; none at all where one of them cannot be read."""
    lines = []
    if len(taxes) > MOST_LINES:
        warnings.append(f"There are {len(taxes)} lines of VAT; all rates are left out.")
        return ()
    for tax in taxes:
        if currency and tax.tax.currency.upper() not in {"", currency}:
            continue  # the same once more, in the currency of the books
        line = _line(tax)
        if line is None:
            said = f"rate {shown(tax.rate)} and amount {shown(tax.tax.text)}"
            warnings.append(f"A VAT with {said} cannot be read; all rates are left out.")
            return ()
        lines.append(line)
    if sum(abs(line.tax) for line in lines) >= LARGEST:
        warnings.append("The VAT of all rates is beyond all bounds; they are left out.")
        return ()
    return tuple(lines)


def _line(tax: Tax) -> Line | None:
    untaxed = tax.category.upper() in _NO_VAT
    rate = Decimal(0) if untaxed else amount_in(tax.rate)
    value = Decimal(0) if untaxed and not tax.tax.text else amount_in(tax.tax.text)
    if rate is None or value is None:
        return None
    return Line(rate, amount_in(tax.base.text), value)


def by_rate(lines: Iterable[Line]) -> list[dict[str, str]]:
    """The create request's `vats`: one for each rate, in the order in which they come up."""
    merged: dict[Decimal, Decimal] = {}
    for line in lines:
        before = merged.get(line.rate)
        merged[line.rate] = line.tax if before is None else before + line.tax
    return [{"vat": plain(rate.normalize()), "value": plain(tax)} for rate, tax in merged.items()]
