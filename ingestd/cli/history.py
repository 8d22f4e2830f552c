"""`ingestd history`."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.choosing import Number, Word
from ingestd.cli.listing import Column, Listing
from ingestd.cli.main import Exit
from ingestd.cli.missing import see_to
from ingestd.cli.moment import Moment
from ingestd.cli.opening import inbox_option, json_option, unknown
from ingestd.cli.output import coloured, print_json
from ingestd.model import CREATE_SENT, Outcome, State

if TYPE_CHECKING:
    from ingestd.config import Settings
    from ingestd.ledger import Reading, Wanted
    from ingestd.model import Document

COLOURS = {Outcome.DELIVERED: "green", Outcome.DUPLICATE: "yellow", Outcome.FAILED: "red"}

COLUMNS = (
    Column("LAST STEP"),
    Column("INBOX", least=8),
    Column("OUTCOME"),
    Column("DOCUMENT", least=12, tail=True),
    Column("INVOICE"),
    Column("MD5", spare=True),
)

STEP_COLUMNS = (Column("TIME"), Column("STATE"), Column("", least=24, folds=True))

STATES = sorted({str(one) for one in [*Outcome, *State]})

AT_ONCE = 50
"""Documents shown where nobody says how many."""
MOST = 2**31 - 1
"""Documents asked for; databases count no further."""


@click.command()
@click.argument("what", required=False, default="", metavar="[NAME|MD5|ID]")
@inbox_option
@click.option(
    "--state",
    "states",
    multiple=True,
    metavar="WORD",
    type=Word(STATES),
    help=f"Only documents with this outcome or in this state: {', '.join(STATES)}. "
    "Can be given several times.",
)
@click.option("--since", type=Moment(), metavar="TIME", help="2026-05-04, or 3d, 12h, 30min ago.")
@click.option(
    "--limit",
    type=Number(0, MOST),
    metavar="N",
    help="0: all. Without it 50, or all with --missing.",
)
@click.option("--missing", is_flag=True, help="Only documents under way whose file is gone.")
@click.option("--close", is_flag=True, help="The same, and close them: they are gone for good.")
@click.option("--yes", is_flag=True, help="Close without being asked.")
@json_option
@click.pass_obj
def history(  # noqa: PLR0917 - one for each option
    config: Path | None,
    what: str,
    inbox: str | None,
    states: tuple[str, ...],
    since: datetime | None,
    limit: int | None,
    missing: bool,
    close: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Show what happened to documents, newest first.

    A document is found by its name (* and ? stand for others), its MD5 or SHA-256, its id, or that
    of its invoice. When there is one, every step of it is shown. The exit code is 1 where a
    document was asked for and there is none.

    --missing shows the documents under way whose file somebody moved or deleted, and of each
    whether it was sent and which invoice it is; the exit code is 1 if there are any. With --close
    they end as they are: nobody is told of them any more, and their history stays. If such a file
    turns up later, drop it into the inbox: it is delivered once, or recognised.

    \b
    Example:
      ingestd history --state failed --since 3d
    """
    from ingestd import config as settings_of
    from ingestd.ledger import Wanted, open_to_read

    if yes and not close:
        raise click.UsageError("--yes closes nothing by itself; give --close with it.")
    if limit is None:
        limit = 0 if missing or close else AT_ONCE
    wanted = Wanted(what, inbox or "", *_told_apart(states), since, limit)
    settings = settings_of.load(config)
    ledger = open_to_read(settings_of.state_dir(settings), settings.ledger.url)
    _require_known(inbox, settings, ledger)
    if ledger is None:
        click.echo("Nothing happened yet: there is no ledger in state_dir.", err=True)
        return Exit.NEEDS_A_PERSON if what else Exit.FINE
    with closing(ledger):
        if missing or close:
            return see_to(ledger, settings, wanted, close=close, yes=yes, as_json=as_json)
        return _search(ledger, wanted, as_json=as_json)


def _search(ledger: Reading, wanted: Wanted, *, as_json: bool) -> Exit:
    """Show what is wanted; the exit code."""
    what, found = wanted.text, ledger.search(wanted)
    _show(found, ledger, in_full=bool(what) and len(found) == 1, as_json=as_json)
    if not found:
        click.echo(f"There {'is no such document' if what else 'are no such documents'}.", err=True)
    return Exit.NEEDS_A_PERSON if what and not found else Exit.FINE


def _told_apart(words: Collection[str]) -> tuple[frozenset[State], frozenset[Outcome]]:
    """The states and the outcomes that are meant; some words are both."""
    states = frozenset(state for state in State if state in words)
    return states, frozenset(outcome for outcome in Outcome if outcome in words)


def _require_known(inbox: str | None, settings: Settings, ledger: Reading | None) -> None:
    """Refuse an inbox that neither the settings nor the ledger knows, where one is named."""
    from ingestd.ledger import Wanted

    if inbox is None or inbox in settings.inboxes:
        return
    # one that was taken out of the settings has a history still
    if not (inbox and ledger and ledger.search(Wanted("", inbox, limit=1))):
        if ledger:
            ledger.close()
        raise unknown("inbox", inbox, settings.inboxes)


def _show(found: list[Document], ledger: Reading, *, in_full: bool, as_json: bool) -> None:
    if as_json:
        for document in found:
            steps = [
                {"at": at, "state": state, "note": note}
                for at, state, note in ledger.steps(document.id)
            ]
            print_json({**asdict(document), "steps": steps})
    elif in_full:
        _show_one(found[0], ledger)
    elif found:
        Listing(COLUMNS).add(_row(document) for document in found)


def _row(document: Document) -> list[str]:
    from ingestd.observe import printable

    return [
        _local(document.updated_at),
        document.inbox,
        _outcome(document),
        printable(document.name),
        printable(document.invoice_id) or "-",
        document.md5 or "-",
    ]


def _outcome(document: Document) -> str:
    """How it ended; or how far it is, where it has not ended in its folder."""
    if document.outcome is None:
        return str(document.state)
    text = str(document.outcome)
    if document.state is not State.FILED:
        text += f" ({document.state})"
    return coloured(text, COLOURS[document.outcome])


def _show_one(document: Document, ledger: Reading) -> None:
    from ingestd.observe import printable

    facts = {
        "document": document.name,
        "inbox": document.inbox,
        "account": document.account,
        "invoice": document.invoice_id,
        "external id": document.external_id,
        "now at": document.destination if document.state is State.FILED else "",
        "size": "" if document.size is None else f"{document.size} bytes",
        "md5": document.md5,
        "sha256": document.sha256,
        **copy_of(document),
        "id": document.id,
        "reason": document.reason,
        "advice": document.advice,
    }
    click.echo(f"{'outcome':>11}  {_outcome(document)}")
    for name, fact in facts.items():
        if fact:
            click.echo(f"{name:>11}  {printable(fact)}")
    click.echo()
    Listing(STEP_COLUMNS).add(
        [_local(at), str(state), printable(note)] for at, state, note in ledger.steps(document.id)
    )


def copy_of(document: Document) -> dict[str, str]:
    """The smaller copy that went in its place, or that Kanbert knows; none if neither is so."""
    if not document.sent_size:
        return {}
    if document.attempts and (document.outcome or document.state in CREATE_SENT):
        name = "sent"
    elif document.outcome is Outcome.DUPLICATE:
        name = "known as"
    else:
        return {}
    return {name: f"a copy of {document.sent_size} bytes", "its md5": document.sent_md5}


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
