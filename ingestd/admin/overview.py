"""How everything stands: read from the daemon's report, the ledger and the folders.

It works whether or not a daemon runs. What only a living daemon knows (a pause, how an inbox is
watched) is its report's; what waits and what failed lies in the folders for all to see.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path

from ingestd.admin.folders import Seen, look_at
from ingestd.admin.lock_holder import holder
from ingestd.admin.reported import without_closed
from ingestd.config import Inbox, Settings
from ingestd.errors import IngestdError, LedgerUnusable
from ingestd.ledger import Reading
from ingestd.model import Outcome
from ingestd.observe import (
    LOCK,
    AccountReport,
    DocumentReport,
    InboxReport,
    Report,
    SettingsReport,
    read_report,
)

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
    documents: tuple[DocumentReport, ...] = ()
    """Some of those that cannot go on, as the daemon says that runs."""
    further: int = 0
    """How many more of them there are."""


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it."""

    running: bool | None
    """Whether a daemon, or `once`, is at work; None where that cannot be found out."""
    pid: int | None = None
    version: str = ""
    started: datetime | None = None
    ledger: bool = True
    """False where no ledger was begun yet, or it cannot be read."""
    error: str = ""
    """What of ingestd's own could not be read: its state folder, its ledger."""
    hint: str = ""
    accounts: list[AccountOverview] = field(default_factory=list)
    inboxes: list[InboxOverview] = field(default_factory=list)
    settings: SettingsReport | None = None
    """How the daemon's last reload went; None where it does not reload, or none runs."""

    @property
    def needs_a_person(self) -> bool:
        """Whether something waits that nobody but a person can put right."""
        paused = any(account.state == "paused" and account.hint for account in self.accounts)
        return (
            bool(self.error)
            or paused
            or bool(self.settings and self.settings.error)
            or any(one.error or one.in_failed or one.documents for one in self.inboxes)
        )


def overview_of(
    settings: Settings,
    state_dir: Path,
    ledger: Reading | LedgerUnusable | None,
    now: datetime,
    *,
    look_at: Callable[[Inbox], Seen] = look_at,
    longest_look: float = LONGEST_LOOK,
) -> Overview:
    """Look at everything.

    :param ledger: None where none was begun yet; or why it cannot be read.
    :param now: in the time zone whose midnight began the day.
    :param longest_look: seconds until a folder is said not to answer.
    """
    running, trouble = _is_running(state_dir)
    report = without_closed(read_report(state_dir), ledger) if running else None
    remembered = _remembered(ledger, settings, datetime.combine(now.date(), time(), now.tzinfo))
    trouble = remembered.trouble or trouble
    seen = _look_at_all(settings.inboxes, look_at, longest_look)
    return Overview(
        running=running,
        pid=report.pid if report else None,
        version=report.version if report else "",
        started=report.started if report else None,
        ledger=ledger is not None and not remembered.trouble,
        error=str(trouble or ""),
        hint=trouble.hint if trouble else "",
        accounts=[_account(name, report) for name in settings.accounts],
        inboxes=[
            _inbox(name, settings, report, remembered, seen.get(name)) for name in settings.inboxes
        ],
        settings=report.settings if report else None,
    )


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What the ledger knows."""

    counts: Mapping[str, Mapping[Outcome, int]] = field(default_factory=dict)
    served: frozenset[str] = frozenset()
    """The inboxes that were served before, and so have a marker."""
    trouble: IngestdError | None = None
    """Why it cannot be read."""


def _remembered(
    ledger: Reading | LedgerUnusable | None, settings: Settings, midnight: datetime
) -> _Remembered:
    if ledger is None:
        return _Remembered()
    if isinstance(ledger, LedgerUnusable):
        return _Remembered(trouble=ledger)
    try:
        known = {name: ledger.known_inbox(name) for name in settings.inboxes}
        return _Remembered(
            ledger.outcomes_since(midnight),
            frozenset(
                name
                for name, inbox in settings.inboxes.items()
                if (one := known[name]) and one.path == str(inbox.path)
            ),
        )
    except IngestdError as error:
        return _Remembered(trouble=error)


def _is_running(state_dir: Path) -> tuple[bool | None, IngestdError | None]:
    try:
        return holder(state_dir / LOCK) is not None, None
    except FileNotFoundError:
        return False, None
    except OSError as error:
        return None, IngestdError(
            f"Whether ingestd runs cannot be told: {state_dir} may not be read ({error.strerror}).",
            hint="Run this as the user that ingestd runs as: sudo -u ingestd ingestd status",
        )


def _account(name: str, report: Report | None) -> AccountOverview:
    found = (report.accounts if report else {}).get(name, AccountReport("unknown"))
    return AccountOverview(
        name, found.state, found.since, found.error, found.hint, found.next_probe
    )


_NO_MARKER = "The folder {} is not known to be the inbox: it has no marker."
_MOUNT = "Mount the share it lies on."


def _inbox(
    name: str,
    settings: Settings,
    report: Report | None,
    remembered: _Remembered,
    seen: Seen | None,
) -> InboxOverview:
    inbox = settings.inboxes[name]
    reported = (report.inboxes if report else {}).get(name, InboxReport())
    counts = remembered.counts.get(name, {})
    here = seen or Seen(error=f"The folder {inbox.path} does not answer.")
    if not here.marked and not here.error and name in remembered.served:
        here = replace(here, error=_NO_MARKER.format(inbox.path), hint=_MOUNT)
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
        documents=reported.documents,
        further=reported.further,
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
