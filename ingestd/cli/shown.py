"""How what Kanbert answers is shown to people: amounts, days, invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from ingestd.cli.listing import Column

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ingestd.kanbert import Booking, Duplicate, Invoice

_CENTS = -2


def shown(value: object) -> str:
    """A value in one line; nothing for None."""
    from ingestd.observe import printable

    text = printable(str(value))
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case Decimal():
            text = amount(value)
        case datetime():
            text = moment(value)
        case list() | tuple():
            text = ", ".join(map(shown, value))
        case dict():
            text = ", ".join(f"{shown(key)}: {shown(one)}" for key, one in value.items())
        case _ if hasattr(value, "model_fields_set"):
            text = _thing(value)
    return text


def amount(value: Decimal) -> str:
    """With two decimals, or with more where there are more."""
    exponent = value.as_tuple().exponent
    whole_cents = isinstance(exponent, int) and exponent >= _CENTS
    return f"{value:.2f}" if whole_cents else f"{value:f}"


def moment(value: datetime) -> str:
    """The day, and the time in UTC where there is one."""
    when = value.astimezone(UTC)
    return f"{when:%Y-%m-%d}" if not any(when.timetuple()[3:6]) else f"{when:%Y-%m-%d %H:%M} UTC"


def _thing(value: Any) -> str:
    """A supplier, an account, a user, a VAT line: its name and its id."""
    if hasattr(value, "vat"):
        return f"{shown(value.vat).removesuffix('.00')} %: {shown(value.value)}"
    names = [getattr(value, key, None) for key in ("first_name", "last_name", "name", "title")]
    name = " ".join(shown(one) for one in names if one)
    told = getattr(value, "id", None)
    return (f"{name} ({shown(told)})" if name else shown(told)) if told else ""


def facts(answer: BaseModel, *, without: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """The fields of an answer that have a value, also those that no one here knows."""
    names = [*type(answer).model_fields, *(answer.model_extra or {})]
    for name in names:
        value = getattr(answer, name)
        text = "\n".join(map(shown, value.splitlines())) if isinstance(value, str) else shown(value)
        if name not in without and text:
            yield shown(name), text


def print_facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Print names and values, one below the other."""
    listed = list(pairs)
    width = max((len(name) for name, _ in listed), default=0)
    for name, text in listed:
        lines = text.replace("\n", "\n" + " " * (width + 2))
        click.echo(f"{name:{width}}  {lines}")


def dumped(answer: BaseModel) -> dict[str, Any]:
    """An answer as Kanbert gave it, for `print_json`; what it left out is left out."""
    return answer.model_dump(exclude_unset=True)


INVOICE_COLUMNS = (
    Column("ID"),
    Column("NUMBER", least=8),
    Column("TITLE", least=10),
    Column("DATE"),
    Column("GROSS", right=True),
    Column("STATUS", least=12),
    Column("SUPPLIER", least=8),
)


def invoice_row(invoice: Invoice) -> list[str]:
    """What `INVOICE_COLUMNS` show of an invoice."""
    day = shown(invoice.date_of_invoice).partition(" ")[0]
    supplier = shown(invoice.supplier.name or invoice.supplier.id) if invoice.supplier else ""
    named = [shown(one) for one in (invoice.id, invoice.invoice_number, invoice.title)]
    return [*named, day, shown(invoice.sum_gross), shown(invoice.status), supplier]


DUPLICATE_COLUMNS = (
    Column("ID"),
    Column("NUMBER", least=8),
    Column("TITLE", least=10),
    Column("STATUS", least=12),
    Column("SUPPLIER", least=8),
)


def duplicate_row(duplicate: Duplicate) -> list[str]:
    """What `DUPLICATE_COLUMNS` show."""
    supplier = shown(duplicate.supplier.name) if duplicate.supplier else ""
    values = (duplicate.id, duplicate.invoice_number, duplicate.title, duplicate.status)
    return [*map(shown, values), supplier]


BOOKING_COLUMNS = (
    Column("BOOKING"),
    Column("TYPE"),
    Column("VALUE", right=True),
    Column("TITLE", least=10),
    Column("ACCOUNT", least=8),
)


def booking_row(booking: Booking) -> list[str]:
    """What `BOOKING_COLUMNS` show."""
    account = booking.chart_of_account
    code = shown(account.code) if account else ""
    known = f"{code} {shown(account.title)}".strip() if account else ""
    values = (booking.id, booking.type, booking.value, booking.title)
    return [*map(shown, values), known or shown(booking.chart_of_account_id)]
