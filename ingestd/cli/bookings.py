"""`ingestd bookings`: update, delete."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingestd.cli.changes import change, dry_run_option, require_some, sent_off
from ingestd.cli.fields import WithFields, opaque_id, read
from ingestd.cli.group import LazyGroup
from ingestd.cli.main import Exit
from ingestd.cli.opening import account_option, client_of, json_option
from ingestd.cli.output import print_json
from ingestd.cli.shown import booking_row

if TYPE_CHECKING:
    from ingestd.kanbert import Booking

invoice_argument = click.argument("invoice", metavar="INVOICE", type=opaque_id)
booking_argument = click.argument("booking", metavar="BOOKING", type=opaque_id)


@click.command(
    cls=LazyGroup,
    lazy={
        "update": ("ingestd.cli.bookings:update", "Change fields of a booking."),
        "delete": ("ingestd.cli.bookings:delete", "Remove a booking from its invoice."),
    },
)
def bookings() -> None:
    """Change and delete bookings of invoices; `ingestd invoices show` has their ids.

    \b
    Example:
      ingestd bookings update aB3xK9 bK5mN1 --value 80.00
    """


@click.command(cls=WithFields, model="UpdateBooking", clears=True)
@invoice_argument
@booking_argument
@dry_run_option
@account_option
@json_option
@click.pass_obj
def update(
    config: Path | None,
    /,
    *,
    invoice: str,
    booking: str,
    dry_run: bool,
    account: str | None,
    as_json: bool,
    cleared: tuple[str, ...],
    **given: Any,
) -> None:
    """Change fields of a booking, and show what each was; the others stay as they are.

    \b
    Example:
      ingestd bookings update aB3xK9 bK5mN1 --value 80.00 --clear project-id
    """
    from ingestd.admin.changing import find_booking, update_booking
    from ingestd.kanbert import UpdateBooking

    wanted = read(UpdateBooking, given, cleared=cleared)
    require_some(wanted)
    with client_of(config, account) as kanbert:
        change(
            {"invoice": invoice, "booking": booking},
            find_booking(kanbert, invoice, booking),
            wanted,
            None if dry_run else partial(update_booking, kanbert, invoice, booking),
            as_json=as_json,
        )


@click.command()
@invoice_argument
@booking_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@account_option
@json_option
@click.pass_obj
def delete(
    config: Path | None,
    /,
    *,
    invoice: str,
    booking: str,
    yes: bool,
    account: str | None,
    as_json: bool,
) -> int:
    """Remove a booking from its invoice, which cannot be undone.

    \b
    Example:
      ingestd bookings delete aB3xK9 bK5mN1
    """
    from ingestd.admin.changing import delete_booking, find_booking

    if not yes and not sys.stdin.isatty():
        raise click.UsageError(
            "There is no terminal to ask on; give --yes to delete without being asked."
        )
    with client_of(config, account) as kanbert:
        found = find_booking(kanbert, invoice, booking)
        if not yes and not _agreed(invoice, booking, found):
            click.echo("Nothing was deleted.", err=True)
            return Exit.NEEDS_A_PERSON
        with sent_off(invoice):
            delete_booking(kanbert, invoice, booking)
    if as_json:
        print_json({"invoice": invoice, "booking": booking, "deleted": True})
    else:
        click.echo("Deleted.")
    return Exit.FINE


def _agreed(invoice: str, booking: str, found: Booking | None) -> bool:
    told = ", ".join(filter(None, booking_row(found)[1:])) if found else ""
    about = f" ({told})" if told else ""
    try:
        return click.confirm(f"Delete booking {booking}{about} of invoice {invoice}?", err=True)
    except click.Abort as error:
        click.echo(err=True)  # the cursor stands behind the question
        if isinstance(error.__context__, EOFError):  # Ctrl-D: no answer, which is none of y
            return False
        click.echo("Nothing was deleted.", err=True)
        raise
