"""How everything stands, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ingestd.cli.listing import Column, Listing
from ingestd.cli.output import coloured
from ingestd.cli.reconciling import number_of
from ingestd.observe import printable

if TYPE_CHECKING:
    from ingestd.admin import AccountOverview, InboxOverview, Overview

ACCOUNT_COLUMNS = (
    Column("ACCOUNT", least=8),
    Column("STATE"),
    Column("SINCE"),
    Column("NEXT PROBE"),
)
INBOX_COLUMNS = (
    Column("INBOX", least=8),
    Column("WATCHED"),
    Column("WAITING", right=True),
    Column("OLDEST", right=True),
    Column("IN FLIGHT", right=True),
    Column("IN FAILED/", right=True),
)
TODAY_COLUMNS = (
    Column("TODAY", least=8),
    Column("DELIVERED", right=True),
    Column("DUPLICATES", right=True),
    Column("FAILED", right=True),
)


def text_of(seen: Overview, now: datetime) -> str:
    """All of it: what is well in tables, what is not in sentences below them."""
    return "\n".join(_lines_of(seen, now))


def _lines_of(seen: Overview, now: datetime) -> Iterator[str]:
    yield from (_headline(seen), "")
    yield from Listing(ACCOUNT_COLUMNS).lines(_account_row(one, now) for one in seen.accounts)
    yield ""
    yield from Listing(INBOX_COLUMNS).lines(_inbox_row(one, now) for one in seen.inboxes)
    if seen.inboxes:
        yield ""
        yield from Listing(TODAY_COLUMNS).lines(_today_row(one) for one in seen.inboxes)
    else:
        yield "There is no inbox in the settings: nothing is watched."
    for subject, error, hint in _troubles(seen):
        yield f"\n{coloured(printable(subject), 'red')}: {printable(error)}"
        if hint:
            yield f"  {printable(hint)}"
    yield from (f"\n{said}" for said in left_in_work(seen))


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
    failed = coloured(str(inbox.in_failed), "red") if inbox.in_failed else "0"
    oldest = _ago(inbox.oldest_waiting, now) if inbox.oldest_waiting else "-"
    watch = coloured("not served", "red") if inbox.error else inbox.watch or "-"
    return [inbox.name, watch, str(inbox.waiting), oldest, str(inbox.in_flight), failed]


def _today_row(inbox: InboxOverview) -> list[str]:
    numbers = (inbox.delivered_today, inbox.duplicate_today, inbox.failed_today)
    return [inbox.name, *map(str, numbers)]


def _troubles(seen: Overview) -> list[tuple[str, str, str]]:
    found = [("ingestd", seen.error, seen.hint)] if seen.error else []
    found += _refused(seen)
    found += [(f"account {one.name}", one.error, one.hint) for one in seen.accounts if one.error]
    for inbox in seen.inboxes:
        found += [(f"inbox {inbox.name}", inbox.error, inbox.hint)] if inbox.error else []
        found += held_in(inbox)
    return found


def _refused(seen: Overview) -> list[tuple[str, str, str]]:
    """What the daemon said of settings that it does not run with."""
    last = seen.settings
    if last is None or not last.error:
        return []
    said = f"refused when they were read again; those from before are in effect. {last.error}"
    return [("settings", said, last.hint)]


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
