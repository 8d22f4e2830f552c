"""How everything stands: read from the daemon's report, the ledger and the folders.

It works whether or not a daemon runs. What only a living daemon knows (a pause, how an inbox is
watched) is its report's; what waits and what failed lies in the folders for all to see.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

from ingestd.admin.folders import Seen, look_at
from ingestd.config import Inbox, Settings
from ingestd.ledger import Reading
from ingestd.model import Outcome
from ingestd.observe import AccountReport, InboxReport, Report, is_running, read_report

LONGEST_LOOK = 5.0
"""Seconds for the folders of one inbox; a share that hangs answers never."""


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """One account."""

    name: str
    state: str
    """`ok`, `paused`, `trial`; `unknown` where no daemon runs."""
    since: datetime | None = None
    error: str = ""
    hint: str = ""
    next_probe: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxOverview:
    """One inbox."""

    name: str
    path: str
    account: str
    watch: str
    """`native` or `poll`; empty where no daemon watches it."""
    error: str = ""
    """Why it is not served."""
    hint: str = ""
    waiting: int = 0
    oldest_waiting: datetime | None = None
    """When the oldest waiting file was last changed."""
    in_flight: int = 0
    delivered_today: int = 0
    duplicate_today: int = 0
    failed_today: int = 0
    in_failed: int = 0
    """Documents in the failed folder, whenever they came there."""


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it."""

    running: bool
    """Whether a daemon, or `once`, is at work."""
    pid: int | None = None
    version: str = ""
    started: datetime | None = None
    ledger: bool = True
    """False where no ledger was begun yet."""
    accounts: list[AccountOverview] = field(default_factory=list)
    inboxes: list[InboxOverview] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        """Whether something waits that nobody but a person can put right."""
        paused = any(account.state == "paused" and account.hint for account in self.accounts)
        return paused or any(inbox.error or inbox.in_failed for inbox in self.inboxes)


def overview_of(
    settings: Settings,
    state_dir: Path,
    ledger: Reading | None,
    now: datetime,
    *,
    look_at: Callable[[Inbox], Seen] = look_at,
    longest_look: float = LONGEST_LOOK,
) -> Overview:
    """Look at everything.

    :param ledger: None where none was begun yet.
    :param now: in the time zone whose midnight began the day.
    :param longest_look: seconds until a folder is said not to answer.
    :raises LedgerUnusable: if it cannot be read.
    """
    running = is_running(state_dir)
    report = read_report(state_dir) if running else None
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    counts = ledger.outcomes_since(midnight) if ledger else {}
    seen = _look_at_all(settings.inboxes, look_at, longest_look)
    return Overview(
        running=running,
        pid=report.pid if report else None,
        version=report.version if report else "",
        started=report.started if report else None,
        ledger=ledger is not None,
        accounts=[_account(name, report) for name in settings.accounts],
        inboxes=[
            _inbox(name, settings, report, counts.get(name, {}), seen.get(name))
            for name in settings.inboxes
        ],
    )


def _account(name: str, report: Report | None) -> AccountOverview:
    found = (report.accounts if report else {}).get(name, AccountReport("unknown"))
    return AccountOverview(
        name, found.state, found.since, found.error, found.hint, found.next_probe
    )


def _inbox(
    name: str,
    settings: Settings,
    report: Report | None,
    counts: Mapping[Outcome, int],
    seen: Seen | None,
) -> InboxOverview:
    inbox = settings.inboxes[name]
    reported = (report.inboxes if report else {}).get(name, InboxReport())
    here = seen or Seen(error=f"The folder {inbox.path} does not answer.")
    return InboxOverview(
        name,
        str(inbox.path),
        settings.account_of(inbox),
        reported.mode,
        error=reported.error or here.error,
        hint=reported.hint or here.hint,
        waiting=here.waiting,
        oldest_waiting=here.oldest,
        in_flight=here.in_flight,
        in_failed=here.in_failed,
        delivered_today=counts.get(Outcome.DELIVERED, 0),
        duplicate_today=counts.get(Outcome.DUPLICATE, 0),
        failed_today=counts.get(Outcome.FAILED, 0),
    )


def _look_at_all(
    inboxes: Mapping[str, Inbox], look_at: Callable[[Inbox], Seen], longest: float
) -> dict[str, Seen]:
    """Look at each inbox on a thread of its own; those that do not answer are left out."""
    seen: dict[str, Seen] = {}

    def look(name: str, inbox: Inbox) -> None:
        seen[name] = look_at(inbox)

    threads: Sequence[threading.Thread] = [
        threading.Thread(target=look, args=item, daemon=True) for item in inboxes.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(longest)
    return dict(seen)
