"""What commands open: the settings, an account's client, the ledger to read in."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.completion import complete_account, complete_inbox
from ingestd.errors import SettingsError
from ingestd.spelling import did_you_mean

if TYPE_CHECKING:
    from ingestd.config import Settings
    from ingestd.kanbert import Kanbert

account_option = click.option(
    "--account",
    metavar="NAME",
    shell_complete=complete_account,
    help="Which account; may be left out where there is one.",
)
inbox_option = click.option(
    "--inbox", metavar="NAME", shell_complete=complete_inbox, help="Only this inbox."
)
json_option = click.option("--json", "as_json", is_flag=True, help="For scripts: JSON.")


def account_name(settings: Settings, name: str | None) -> str:
    """The account that is meant.

    :raises SettingsError: if there is none by that name, or several and none was named.
    """
    known = ", ".join(settings.accounts)
    if name is None and len(settings.accounts) > 1:
        raise SettingsError("There are several accounts.", hint=f"Name one with --account: {known}")
    if name is None:  # empty is no name: what a script passes where its variable is not set
        name = next(iter(settings.accounts))
    if name not in settings.accounts:
        raise unknown("account", name, settings.accounts)
    return name


def require_inbox(settings: Settings, name: str | None) -> str | None:
    """The inbox that is meant, if one is.

    :raises SettingsError: if there is none by that name.
    """
    if name is not None and name not in settings.inboxes:
        raise unknown("inbox", name, settings.inboxes)
    return name


def unknown(what: str, name: str, known: Iterable[str]) -> SettingsError:
    """What is said of a name that the settings do not have, with the one that was meant.

    :param what: an account or an inbox.
    :param known: those that there are.
    """
    names = list(known)
    there_is = f"There is: {', '.join(names)}" if names else "The settings have none."
    hint = f"{did_you_mean(name, names)} {there_is}".strip()
    return SettingsError(f'There is no {what} "{name}".', hint=hint)


@contextmanager
def opened_client(
    settings: Settings, account: str, *, requests_per_minute: int | None = None
) -> Iterator[Kanbert]:
    """The client of an account, for one command: it does not try for ever.

    :param requests_per_minute: in place of what the account's settings say; 0: no limit.
    :raises SettingsError: if there is no token.
    """
    from ingestd import config
    from ingestd.daemon import connect

    folders = config.secret_folders()
    config.require_credentials(account, settings, folders)
    auth = config.credentials(account, settings, folders)
    given = settings.accounts[account]
    if requests_per_minute is not None:
        given = given.model_copy(update={"requests_per_minute": requests_per_minute})
    client, prober = connect(given, auth, stop=threading.Event(), hurried=False)
    prober.close()
    try:
        yield client
    finally:
        client.close()


@contextmanager
def client_of(config_path: Path | None, account: str | None) -> Iterator[Kanbert]:
    """The client of the account that is meant (see `account_name`)."""
    from ingestd import config

    settings = config.load(config_path)
    with opened_client(settings, account_name(settings, account)) as client:
        yield client
