"""What the account's OCR would have read from a file: plausible, and always the same for a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from ingestd.sandbox.moments import stamp
from ingestd.sandbox.seeds import CHART_OF_ACCOUNTS, SUPPLIERS

_T = TypeVar("_T")

_RATES: Final = (700, 1000, 1900, 2000)  # hundredths of a percent
_FIRST_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read; the amount is in hundredths, the rate in hundredths of a percent."""

    supplier_id: str
    invoice_number: str
    date_of_invoice: str
    due_date: str
    net: int
    rate: int
    chart_of_account_id: str

    @property
    def title(self) -> str:
        """Supplier and number."""
        return f"{SUPPLIERS[self.supplier_id]} {self.invoice_number}"

    def tax_on(self, net: int) -> int:
        """Return the tax on an amount, rounded half up."""
        tax = (abs(net) * self.rate + 5_000) // 10_000
        return -tax if net < 0 else tax


def read_document(sha256: str) -> Reading:
    """Return what is read from the file with this hash."""
    digest = bytes.fromhex(sha256)
    day = _FIRST_DAY + timedelta(days=int.from_bytes(digest[4:6]) % 366)
    return Reading(
        supplier_id=_pick(tuple(SUPPLIERS), digest[0]),
        invoice_number=f"R-{day.year}-{digest[6:9].hex().upper()}",
        date_of_invoice=stamp(day),
        due_date=stamp(day + timedelta(days=14)),
        net=1_000 + int.from_bytes(digest[9:12]) % 500_000,
        rate=_pick(_RATES, digest[1]),
        chart_of_account_id=_pick(tuple(CHART_OF_ACCOUNTS), digest[2]),
    )


def _pick(choices: tuple[_T, ...], byte: int) -> _T:
    return choices[byte % len(choices)]
