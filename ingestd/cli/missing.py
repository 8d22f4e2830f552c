"""`ingestd history --missing`, and `--close`."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.listing import Column, Listing
from ingestd.cli.main import Exit
from ingestd.cli.output import complain, print_json
from ingestd.cli.reconciling import number_of
from ingestd.errors import LedgerUnusable

if TYPE_CHECKING:
    from ingestd.config import Settings
    from ingestd.ledger import Reading, Wanted
    from ingestd.model import Document

COLUMNS = (
    Column("LAST STEP"),
    Column("INBOX", least=8),
    Column("STATE"),
    Column("DOCUMENT", least=12, tail=True),
    Column("KNOWN OF IT", least=24, folds=True),
)


def see_to(
    ledger: Reading, settings: Settings, wanted: Wanted, *, close: bool, yes: bool, as_json: bool
) -> int:
    """Show the documents under way whose files are gone, and close them if that is asked for.

    :returns: the exit code, 1 where one is left or a folder could not be looked at.
    """
    from ingestd.admin import missing_in

    if close and not yes and not sys.stdin.isatty():
        raise click.UsageError(
            "There is no terminal to ask on; give --yes to close without being asked."
        )
    found, troubles = missing_in(ledger, settings, wanted)
    _show(found, as_json=as_json)
    for trouble in troubles:
        complain(trouble)
    if not found and not troubles:
        click.echo("No document under way is without its file.", err=True)
    if close and found and (yes or _agreed(found)):
        _close_all(found, settings)
        found = []
    return Exit.NEEDS_A_PERSON if found or troubles else Exit.FINE


def _show(found: list[Document], *, as_json: bool) -> None:
    from ingestd.missing import known_of
    from ingestd.observe import printable

    if as_json:
        for one in found:
            print_json({**asdict(one), "known": known_of(one)})
        return
    Listing(COLUMNS).add(
        (
            one.updated_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            one.inbox,
            str(one.state),
            printable(one.name),
            printable(known_of(one)),
        )
        for one in found
    )


def _agreed(found: list[Document]) -> bool:
    agreed = click.confirm(f"Close {number_of(len(found), 'document')}, gone for good?", err=True)
    if not agreed:
        click.echo("Nothing was closed.", err=True)
    return agreed


def _close_all(found: list[Document], settings: Settings) -> None:
    """Close documents.

    :raises LedgerUnusable: if one went on meanwhile, or it cannot be written down; those before it
        are closed.
    """
    from ingestd import config
    from ingestd.ledger import open_ledger
    from ingestd.missing import close

    state_dir, url = config.state_dir(settings), settings.ledger.url
    opened = open_ledger(state_dir, url, now=lambda: datetime.now(UTC), set_aside=_say_set_aside)
    with closing(opened) as ledger:
        for one in found:
            close(one, ledger)
    what = number_of(len(found), "document")
    click.echo(f"Closed {what}; ingestd history still has what is known.", err=True)


def _say_set_aside(path: Path, why: str) -> None:
    """It could be read just now; whoever damaged it since has to be told of."""
    complain(LedgerUnusable(f"The ledger was set aside as {path}: {why}."))
