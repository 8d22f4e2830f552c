"""What a daemon says of itself, in a file that others read: `report.json` in the state folder.

It is written when something in it changes, and never only because time passed: the disks of a NAS
are to sleep. Whether the daemon still runs is told by its lock.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

NAME = "report.json"
MOST_DOCUMENTS = 20
"""Documents of an inbox that are named; the others are only counted."""
LOCK = "lock"
"""The file in the state folder that a daemon holds a lock on for as long as it runs."""


@dataclass(frozen=True, slots=True)
class AccountReport:
    """How an account stands."""

    state: str
    """`ok`; `paused`; `trial`: it was asked again with success, and is about to be tried."""
    since: datetime | None = None
    """Of the pause."""
    error: str = ""
    hint: str = ""
    next_probe: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """A document that cannot go on: it stands back for others, or waits for a person."""

    path: str
    """Relative to its inbox."""
    error: str
    """Why, in a sentence."""
    hint: str = ""
    id: str = ""
    """The ledger's, of one that waits for a person; empty for all else."""


@dataclass(frozen=True, slots=True)
class InboxReport:
    """How an inbox stands."""

    mode: str = ""
    """`native` or `poll`; empty where it is not watched."""
    error: str = ""
    """Why it is not served; empty where it is."""
    hint: str = ""
    documents: tuple[DocumentReport, ...] = ()
    """Those that cannot go on, by name; at most `MOST_DOCUMENTS`."""
    further: int = 0
    """How many more of them there are."""


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """How it went when the settings were read last."""

    read: datetime
    """When that began."""
    error: str = ""
    """Why they were refused, and those from before stay; empty where they were not."""
    hint: str = ""
    restart: tuple[str, ...] = ()
    """What of them takes effect at the next start only."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    pid: int
    version: str
    started: datetime
    accounts: Mapping[str, AccountReport] = field(default_factory=dict)
    inboxes: Mapping[str, InboxReport] = field(default_factory=dict)
    settings: SettingsReport | None = None
    """None where the process does not read them again, however it is asked to."""


def write_report(state_dir: Path, report: Report) -> None:
    """Replace the report; a reader sees the old one or the new one.

    Where that fails nothing is said: a disk that is full or broken shows in more important places.
    """
    draft = state_dir / f"{NAME}.tmp"
    with contextlib.suppress(OSError):
        draft.write_text(json.dumps(asdict(report), default=_as_text), encoding="utf-8")
        draft.replace(state_dir / NAME)


def forget_report(state_dir: Path) -> None:
    """Take away what an earlier process said, which is not so any more."""
    with contextlib.suppress(OSError):
        (state_dir / NAME).unlink(missing_ok=True)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def read_report(state_dir: Path) -> Report | None:
    """Read the last report; None where there is none, or none that can be understood."""
    try:
        found = json.loads((state_dir / NAME).read_bytes())
        return Report(
            pid=int(found["pid"]),
            version=str(found["version"]),
            started=datetime.fromisoformat(found["started"]),
            accounts={name: _account(given) for name, given in found["accounts"].items()},
            inboxes={name: _inbox(given) for name, given in found["inboxes"].items()},
            settings=_settings(found.get("settings")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _account(given: Mapping[str, Any]) -> AccountReport:
    times = {
        key: datetime.fromisoformat(given[key]) if given[key] else None
        for key in ("since", "next_probe")
    }
    return AccountReport(**{**given, **times})


def _inbox(given: Mapping[str, Any]) -> InboxReport:
    documents = tuple(DocumentReport(**one) for one in given.get("documents", ()))
    return InboxReport(**{**given, "documents": documents})


def _settings(given: Mapping[str, Any] | None) -> SettingsReport | None:
    if given is None:
        return None
    read, restart = datetime.fromisoformat(given["read"]), tuple(given["restart"])
    return SettingsReport(**{**given, "read": read, "restart": restart})
