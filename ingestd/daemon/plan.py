"""What the settings ask for, to be compared with what they asked for before."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ingestd import config


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """All that makes an account what it is."""

    given: config.Account
    credential_file: Path | None
    """Where its token or secret is read from; what is in there is read again all the time."""
    ca_bundle: object = None
    """What changes when somebody replaced the file, which is read once."""


@dataclass(frozen=True, slots=True)
class InboxPlan:
    """All that makes an inbox what it is, the account that it delivers to with it."""

    name: str
    given: config.Inbox
    account: str
    to: AccountPlan


@dataclass(frozen=True, slots=True)
class Plan:
    """The accounts and the inboxes, by name."""

    accounts: Mapping[str, AccountPlan]
    inboxes: Mapping[str, InboxPlan]


NOTHING = Plan({}, {})


def plan_of(settings: config.Settings, folders: Sequence[Path]) -> Plan:
    """Say what settings ask for.

    :param folders: that secrets are handed over in (see `config.secret_folders`).
    :raises SettingsError: if an account has no token.
    """
    accounts = {
        name: AccountPlan(
            given, config.credential_file(name, settings, folders), _version(given.ca_bundle)
        )
        for name, given in settings.accounts.items()
    }
    inboxes = {}
    for name, inbox in settings.inboxes.items():
        account = settings.account_of(inbox)
        inboxes[name] = InboxPlan(name, inbox, account, accounts[account])
    return Plan(accounts, inboxes)


def _version(file: str) -> object:
    try:
        found = os.stat(file)
    except OSError:
        return None  # there is none, which is said when it is to be read
    return found.st_mtime_ns, found.st_ino, found.st_size


@dataclass(frozen=True, slots=True)
class Changes:
    """Names, in the order of the settings."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def begun(self) -> tuple[str, ...]:
        """What is made anew."""
        return self.added + self.changed

    @property
    def ended(self) -> tuple[str, ...]:
        """What is as it was no longer."""
        return self.changed + self.removed


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> Changes:
    """Compare by name and value."""
    return Changes(
        added=tuple(name for name in after if name not in before),
        changed=tuple(name for name in after if name in before and after[name] != before[name]),
        removed=tuple(name for name in before if name not in after),
    )


def changed_tables(
    before: config.Settings,
    after: config.Settings,
    accounts: Changes,
    inboxes: Changes,
    anew: Collection[str] = (),
) -> Changes:
    """The same for all settings, by the name of the table: `inboxes.scanner`, `log`.

    :param accounts: what changed of them: more than their tables may have.
    :param inboxes: the same.
    :param anew: further tables that are others, for a file that they name is.
    """
    there = _others(after)
    others = changes(_others(before), there)
    others = replace(
        others, changed=tuple(name for name in there if name in {*others.changed, *anew})
    )
    return Changes(
        *(
            (*_named("accounts", accounts, how), *_named("inboxes", inboxes, how), *there)
            for how, there in asdict(others).items()
        )
    )


def _others(settings: config.Settings) -> Mapping[str, object]:
    names = set(config.Settings.model_fields) - {"accounts", "inboxes"}
    return {name: getattr(settings, name) for name in sorted(names)}


def _named(kind: str, of: Changes, how: str) -> list[str]:
    return [f"{kind}.{name}" for name in getattr(of, how)]


def in_the_way(leaving: InboxPlan, coming: InboxPlan) -> bool:
    """Whether an inbox can be served only when another one has ended.

    By the same name the ledger would take the one's documents for the other's. In the same folders
    the one would see what the other moves.
    """
    return leaving.name == coming.name or not config.apart(leaving.given, coming.given)


_FIXED = ("format", "file", "file_max_size", "file_keep")
"""What of the log is settled once it is open."""


def that_can_change(
    running: config.Settings, read: config.Settings
) -> tuple[config.Settings, list[str]]:
    """What of settings can take effect while it runs, and the keys of what cannot."""
    log = read.log.model_copy(update={key: getattr(running.log, key) for key in _FIXED})
    kept = {"state_dir": running.state_dir, "ledger": running.ledger, "log": log}
    differs = {
        "state_dir": config.state_dir(read) != config.state_dir(running),
        "ledger.url": read.ledger.url != running.ledger.url,
        **{f"log.{key}": getattr(read.log, key) != getattr(running.log, key) for key in _FIXED},
    }
    return read.model_copy(update=kept), [key for key, is_so in differs.items() if is_so]
