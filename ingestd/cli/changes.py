"""What `invoices update` and `bookings update` have in common: showing what becomes of what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ingestd.cli.output import coloured, print_json
from ingestd.cli.shown import dumped, shown

if TYPE_CHECKING:
    from ingestd.admin.changing import Change
    from ingestd.kanbert import Booking, Invoice, UpdateBooking, UpdateInvoice

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Only show what would change; change nothing."
)


def require_some(wanted: UpdateInvoice | UpdateBooking) -> None:
    """Refuse an update of nothing."""
    if not wanted.changes():
        raise click.UsageError("There is nothing to change: give a field, or --clear one.")


@contextmanager
def sent_off(invoice: str) -> Iterator[None]:
    """Say, where somebody interrupts what is done in here, that it may have been carried out."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Interrupted: whether Kanbert carried it out is not known.", err=True)
        look = f"  Look at it with `ingestd invoices show {invoice}`; doing it again does no harm."
        click.echo(look, err=True)
        raise


def change(
    ids: Mapping[str, str],
    now: Invoice | Booking | None,
    wanted: UpdateInvoice | UpdateBooking,
    send: Callable[[Sequence[Change]], Invoice | Booking] | None,
    *,
    as_json: bool,
) -> None:
    """Change what is not yet as it is wanted, and show what becomes of what.

    :param ids: what is changed; its invoice among them.
    :param now: as Kanbert has it; None where it does not show it.
    :param send: has Kanbert change it; None for a dry run.
    """
    from ingestd.admin.changing import changes_of

    changes, after = changes_of(now, wanted), None
    if not as_json:
        _print_changes(changes)
    if changes and send:
        with sent_off(ids["invoice"]):
            after = send(changes)
    if as_json:
        _print_changed(ids, changes, after, dry_run=send is None)
    else:
        _print_outcome(changes, dry_run=send is None)


def _print_changes(changes: Sequence[Change]) -> None:
    """Print them, one in a line: the field, what it is, and what it is to be."""
    width = max((len(one.field) for one in changes), default=0)
    for one in changes:
        old, new = coloured(_said(one.old), "red"), coloured(_said(one.new), "green")
        click.echo(f"  {one.field:{width}}  {old} -> {new}")


def _said(value: object) -> str:
    from ingestd.admin.changing import NOT_SHOWN

    return "(not shown)" if value is NOT_SHOWN else shown(value) or "(empty)"


def _print_outcome(changes: Sequence[Change], *, dry_run: bool) -> None:
    """Say for people what was done."""
    if not changes:
        click.echo("Nothing to change: it is so already.")
    elif dry_run:
        click.echo("Not changed: this is a dry run.")
    else:
        click.echo("Changed.")


def _print_changed(
    ids: Mapping[str, str],
    changes: Sequence[Change],
    after: Invoice | Booking | None,
    *,
    dry_run: bool,
) -> None:
    """Print for scripts what was done.

    :param ids: what was changed.
    :param after: as it is now; None where nothing was changed.
    """
    told = {one.field: {"old": _value(one.old), "new": _value(one.new)} for one in changes}
    result = None if after is None else dumped(after)
    said = {"dry_run": dry_run, "changed": after is not None, "changes": told, "after": result}
    print_json({**ids, **said})


def _value(value: Any) -> object:
    from ingestd.admin.changing import NOT_SHOWN

    if value is NOT_SHOWN:
        return None
    if isinstance(value, list | tuple):
        return [dumped(one) if hasattr(one, "model_dump") else one for one in value]
    return value
