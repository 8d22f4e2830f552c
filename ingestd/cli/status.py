"""`ingestd status`."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.main import Exit
from ingestd.cli.opening import json_option
from ingestd.cli.output import coloured, print_json, print_table
from ingestd.cli.reconciling import number_of

if TYPE_CHECKING:
    from ingestd.admin import AccountOverview, InboxOverview, Overview
    from ingestd.config import Settings

EVERY = 2.0
"""Seconds between two looks with --watch."""


@click.command()
@json_option
@click.option("--watch", is_flag=True, help="Look again every two seconds, until Ctrl-C.")
@click.pass_obj
def status(config: Path | None, as_json: bool, watch: bool) -> int:
    """Show what waits, what is in flight, and what needs a person.

    It reads the ledger and the folders, so it works whether or not the daemon runs. The exit code
    is 1 where something needs a person: an account or inbox in trouble, documents that cannot go
    on, files in failed/, or a ledger that cannot be read.

    \b
    Example:
      ingestd status --watch
    """
    from ingestd import config as settings_of

    settings = settings_of.load(config)
    state_dir = settings_of.state_dir(settings)
    while True:
        seen = _look(settings, state_dir)
        if watch and not as_json:
            click.clear()
        _show(seen, as_json=as_json)
        if not watch:
            return Exit.NEEDS_A_PERSON if seen.needs_a_person else Exit.FINE
        time.sleep(EVERY)


def _look(settings: Settings, state_dir: Path) -> Overview:
    from ingestd.admin import overview_of
    from ingestd.errors import LedgerUnusable
    from ingestd.ledger import open_to_read

    now = datetime.now().astimezone()
    try:
        ledger = open_to_read(state_dir, settings.ledger.url)
    except LedgerUnusable as error:  # the folders can be shown all the same
        return overview_of(settings, state_dir, error, now)
    try:
        return overview_of(settings, state_dir, ledger, now)
    finally:
        if ledger:
            ledger.close()


def _show(seen: Overview, *, as_json: bool) -> None:
    from ingestd.observe import printable

    if as_json:
        from dataclasses import asdict

        print_json(asdict(seen))
        return
    click.echo(_headline(seen))
    now = datetime.now().astimezone()
    click.echo()
    print_table(
        ["ACCOUNT", "STATE", "SINCE", "NEXT PROBE"],
        [_account_row(account, now) for account in seen.accounts],
    )
    click.echo()
    if seen.inboxes:
        print_table(
            ["INBOX", "WATCHED", "WAITING", "OLDEST", "IN FLIGHT", *_TODAY, "IN FAILED/"],
            [_inbox_row(inbox, now) for inbox in seen.inboxes],
        )
    else:
        click.echo("There is no inbox in the settings: nothing is watched.")
    for subject, error, hint in _troubles(seen):
        click.echo(f"\n{coloured(printable(subject), 'red')}: {printable(error)}")
        if hint:
            click.echo(f"  {printable(hint)}")
    for said in left_in_work(seen):
        click.echo(f"\n{said}")


_TODAY = ("DELIVERED TODAY", "DUPLICATES", "FAILED")


def _headline(seen: Overview) -> str:
    if seen.running is None:
        return f"Whether ingestd runs is {coloured('not known', 'yellow')}."
    if not seen.running:
        known = "" if seen.ledger or seen.error else " It never ran with this state_dir."
        return f"ingestd is {coloured('not running', 'yellow')}.{known}"
    if seen.started is None:
        return f"ingestd is {coloured('running', 'green')}."
    since = seen.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    running = coloured("running", "green")
    return f"ingestd {seen.version} is {running} since {since} (pid {seen.pid})."


def _account_row(account: AccountOverview, now: datetime) -> list[str]:
    colour = {"ok": "green", "paused": "red", "trial": "yellow"}.get(account.state)
    state = coloured(account.state, colour) if colour else account.state
    since = f"{_ago(account.since, now)} ago" if account.since else "-"
    return [account.name, state, since, _ahead(account.next_probe, now)]


def _inbox_row(inbox: InboxOverview, now: datetime) -> list[str]:
    today = (inbox.delivered_today, inbox.duplicate_today, inbox.failed_today)
    counts = [str(number) for number in (inbox.in_flight, *today)]
    failed = coloured(str(inbox.in_failed), "red") if inbox.in_failed else "0"
    oldest = _ago(inbox.oldest_waiting, now) if inbox.oldest_waiting else "-"
    watch = coloured("not served", "red") if inbox.error else inbox.watch or "-"
    return [inbox.name, watch, str(inbox.waiting), oldest, *counts, failed]


def _troubles(seen: Overview) -> list[tuple[str, str, str]]:
    found = [("ingestd", seen.error, seen.hint)] if seen.error else []
    found += [(f"account {one.name}", one.error, one.hint) for one in seen.accounts if one.error]
    for inbox in seen.inboxes:
        found += [(f"inbox {inbox.name}", inbox.error, inbox.hint)] if inbox.error else []
        found += held_in(inbox)
    return found


MOST_NAMED = 3
"""Documents that are named in one sentence."""


def held_in(inbox: InboxOverview) -> list[tuple[str, str, str]]:
    """Which documents of an inbox cannot go on, why, and what to do; once for the same reason."""
    alike: dict[tuple[str, str], list[str]] = {}
    for document in inbox.documents:
        alike.setdefault((document.error, document.hint), []).append(document.path)
    found = []
    for (error, hint), names in alike.items():
        others = len(names) - MOST_NAMED
        named = ", ".join(names[:MOST_NAMED]) + (f" and {others} more" if others > 0 else "")
        found.append((f"{named} (inbox {inbox.name})", error, hint))
    if inbox.further:
        say = f"{inbox.further:,} further documents cannot go on: the log names them."
        found.append((f"inbox {inbox.name}", say, ""))
    return found


def left_in_work(seen: Overview) -> list[str]:
    """What is to be known of documents that were under way when ingestd ended."""
    if seen.running is not False:
        return []
    return [
        f"inbox {inbox.name}: {number_of(inbox.in_flight, 'document')} under way in .ingestd/work, "
        "taken up at the next start."
        for inbox in seen.inboxes
        if inbox.in_flight
    ]


def _ago(then: datetime, now: datetime) -> str:
    return _in_words(now - then)


def _ahead(then: datetime | None, now: datetime) -> str:
    if then is None:
        return "-"
    return f"in {_in_words(then - now)}" if then > now else "now"


def _in_words(span: timedelta) -> str:
    """One unit is enough: `3 d`, `2 h`, `5 min`, `12 s`."""
    seconds = max(0, round(span.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
