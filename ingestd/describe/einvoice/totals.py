"""What of an invoice's totals can be believed, by what they say of each other.

EN 16931 makes them equations (BR-CO-14, BR-CO-15, BR-CO-17, and that the bases make the net).
Where one does not hold, a total is still good if another equation bears it out; one that only
false equations speak of is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from ingestd.describe.einvoice.values import plain

_CENT = Decimal("0.01")
_PER_RATE = Decimal(1)
"""How far a VAT may be from its rate: who rounds each line is off by some cents. The rules that
official validators check (BR-CO-17) let 1 pass too."""


class Part(StrEnum):
    """A total that is delivered, by the create request's field."""

    NET = "net_value"
    VAT = "vat_value"
    RATES = "vats"


@dataclass(frozen=True, slots=True)
class Line:
    """The VAT of one rate and category."""

    rate: Decimal
    """Percent."""
    base: Decimal | None
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """An invoice's totals, in its currency; what is not known is None, or no line."""

    net: Decimal | None = None
    vat: Decimal | None = None
    gross: Decimal | None = None
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Equation:
    """What two sides of an invoice say of the same."""

    parts: frozenset[Part]
    says: str
    """A sentence for when it does not hold."""
    left: Decimal
    right: Decimal
    slack: Decimal

    @property
    def holds(self) -> bool:
        """Whether they say the same, but for rounding."""
        return abs(self.left - self.right) <= self.slack


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which totals are left out, and the sentences that say why."""

    doubted: frozenset[Part]
    contradictions: tuple[str, ...]


def judge(totals: Totals) -> Verdict:
    """Hold the totals of an invoice against each other."""
    of_rates = tuple(_of_rates(totals.lines))
    sound = all(equation.holds for equation in of_rates)
    # lines that are wrong in themselves bear nothing out
    between = tuple(_between(totals if sound else replace(totals, lines=())))
    doubted = {part for part in Part if _only_contradicted(part, between)}
    if not sound:
        doubted.add(Part.RATES)
    broken = (equation for equation in of_rates + between if not equation.holds)
    return Verdict(frozenset(doubted), tuple(equation.says for equation in broken))


def _only_contradicted(part: Part, equations: Sequence[Equation]) -> bool:
    of_it = [equation.holds for equation in equations if part in equation.parts]
    return bool(of_it) and not any(of_it)


def _between(totals: Totals) -> Iterator[Equation]:
    net, vat, gross, lines = totals.net, totals.vat, totals.gross, totals.lines
    slack = _CENT * max(1, len(lines))
    if net is not None and vat is not None and gross is not None:
        says = (
            f"The net total {plain(net)} and the VAT {plain(vat)} do not make "
            f"the total with VAT {plain(gross)}."
        )
        yield Equation(frozenset({Part.NET, Part.VAT}), says, net + vat, gross, slack)
    if vat is not None and lines:
        taxes = sum((line.tax for line in lines), Decimal(0))
        says = f"The VAT of all rates is {plain(taxes)}, and not {plain(vat)} as the VAT total."
        yield Equation(frozenset({Part.VAT, Part.RATES}), says, taxes, vat, slack)
    bases = [line.base for line in lines if line.base is not None]
    if net is not None and lines and len(bases) == len(lines):
        base = sum(bases, Decimal(0))
        says = f"The bases of all rates make {plain(base)}, and not the net total {plain(net)}."
        yield Equation(frozenset({Part.NET}), says, base, net, slack)


def _of_rates(lines: Sequence[Line]) -> Iterator[Equation]:
    for line in lines:
        if line.base is None:
            continue
        rate, base, tax = plain(line.rate), plain(line.base), plain(line.tax)
        says = f"A VAT of {tax} is not {rate} % of {base}."
        slack = _PER_RATE if line.rate else Decimal(0)
        yield Equation(frozenset({Part.RATES}), says, line.tax, line.base * line.rate / 100, slack)
