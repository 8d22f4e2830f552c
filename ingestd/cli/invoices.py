"""`ingestd invoices`: list, show, update."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingestd.cli.changes import change, dry_run_option, require_some
from ingestd.cli.choosing import Number
from ingestd.cli.fields import WithFields, opaque_id, read, text
from ingestd.cli.group import LazyGroup
from ingestd.cli.listing import Listing
from ingestd.cli.opening import account_option, client_of, json_option
from ingestd.cli.output import go_on_unread, print_json
from ingestd.cli.shown import (
    BOOKING_COLUMNS,
    INVOICE_COLUMNS,
    booking_row,
    dumped,
    facts,
    invoice_row,
    print_facts,
)
from ingestd.errors import Refused

if TYPE_CHECKING:
    from ingestd.kanbert import Invoice


@click.command(
    cls=LazyGroup,
    lazy={
        "list": ("ingestd.cli.invoices:list_invoices", "List invoices, as they come."),
        "show": ("ingestd.cli.invoices:show", "Show everything of an invoice."),
        "update": ("ingestd.cli.invoices:update", "Change fields of an invoice."),
    },
)
def invoices() -> None:
    """List, show and change invoices in Kanbert.

    \b
    Example:
      ingestd invoices list --sort -created_at --limit 10
    """


def _sort_order(value: str) -> str:
    from ingestd.kanbert import sort_order

    try:
        return sort_order(value)
    except ValueError as error:
        said = str(error)
        raise click.BadParameter(said if said.endswith("?") else f"{said}.") from None


_FILTER_HINT = """Write it such as --filter 'status eq "open" and sum_gross gte 100'."""


@click.command("list")
@click.option(
    "--filter",
    "condition",
    metavar="EXPR",
    type=text,
    help="Only those that fulfil it; sent to Kanbert as it is.",
)
@click.option(
    "--sort",
    "order",
    metavar="FIELD",
    type=_sort_order,
    help="title, date_of_invoice, due_date, sum_net, sum_tax, sum_gross or created_at; "
    "-created_at has the newest first; title,-sum_gross sorts by both.",
)
@click.option(
    "--limit", metavar="N", type=Number(min=0), default=0, help="At most so many; 0: all."
)
@account_option
@json_option
@click.pass_obj
def list_invoices(
    config: Path | None,
    /,
    *,
    condition: str | None,
    order: str | None,
    limit: int,
    account: str | None,
    as_json: bool,
) -> None:
    """List invoices, page by page as Kanbert answers them; with --json, one in a line.

    \b
    Example:
      ingestd invoices list --filter 'status eq "open"' --sort due_date
    """
    from ingestd.admin.listing import pages_of

    with client_of(config, account) as kanbert, _explaining(condition):
        pages = pages_of(kanbert, condition=condition, order=order, limit=limit)
        if as_json:
            _print_lines(pages)
        else:
            _print_table(pages)


@contextmanager
def _explaining(condition: str | None) -> Iterator[None]:
    """Say how a filter is written, where Kanbert refuses to list."""
    try:
        yield
    except Refused as error:
        raise Refused(str(error), hint=_FILTER_HINT if condition else "") from error


def _print_lines(pages: Iterator[Sequence[Invoice]]) -> None:
    for page in pages:
        for invoice in page:
            print_json(dumped(invoice))


def _print_table(pages: Iterator[Sequence[Invoice]]) -> None:
    table = Listing(INVOICE_COLUMNS)
    for page in pages:
        table.add(invoice_row(one) for one in page)
    if not table.begun:
        click.echo("There are no such invoices.", err=True)


@click.command()
@click.argument("invoice", metavar="ID", type=opaque_id)
@account_option
@json_option
@click.pass_obj
def show(config: Path | None, /, *, invoice: str, account: str | None, as_json: bool) -> None:
    """Show everything that Kanbert says of an invoice, with its bookings.

    \b
    Example:
      ingestd invoices show aB3xK9
    """
    from ingestd.admin.changing import get_invoice

    with client_of(config, account) as kanbert:
        found = get_invoice(kanbert, invoice)
    if as_json:
        print_json(dumped(found))
        return
    print_facts(facts(found, without=("bookings",)))
    if found.bookings:
        click.echo()
        Listing(BOOKING_COLUMNS).add(booking_row(one) for one in found.bookings)


@click.command(cls=WithFields, model="UpdateInvoice", clears=True)
@click.argument("invoice", metavar="ID", type=opaque_id)
@dry_run_option
@account_option
@json_option
@click.pass_obj
def update(
    config: Path | None,
    /,
    *,
    invoice: str,
    dry_run: bool,
    account: str | None,
    as_json: bool,
    cleared: tuple[str, ...],
    **given: Any,
) -> None:
    """Change fields of an invoice, and show what each was; the others stay as they are.

    Dates are written 2024-01-15 or 15.01.2024.

    \b
    Example:
      ingestd invoices update aB3xK9 --due-date 31.01.2024 --clear notes --dry-run
    """
    from ingestd.admin.changing import get_invoice, update_invoice
    from ingestd.kanbert import UpdateInvoice

    go_on_unread("stdout")
    wanted = read(UpdateInvoice, given, cleared=cleared)
    require_some(wanted)
    with client_of(config, account) as kanbert:
        change(
            {"invoice": invoice},
            get_invoice(kanbert, invoice),
            wanted,
            None if dry_run else partial(update_invoice, kanbert, invoice),
            as_json=as_json,
        )
