"""Credentials: from the settings, from files, from systemd, from Docker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ingestd import kanbert
from ingestd.config.notified import notify_secrets
from ingestd.config.settings import Account, Settings
from ingestd.errors import AccountTrouble, SettingsError
from ingestd.regular import read_regular

SECRET = frozenset({"token", "client_secret", "urls", "webhook_url", "heartbeat_url"})
"""Settings that are a secret, or addresses that hold one."""


def secret_folders(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Folders that secrets are handed over in: systemd's LoadCredential, Docker's secrets."""
    given = environ.get("CREDENTIALS_DIRECTORY")
    return ([Path(given)] if given else []) + [Path("/run/secrets")]


def credentials(name: str, settings: Settings, folders: Sequence[Path]) -> kanbert.Auth:
    """What proves to Kanbert who we are.

    :param name: the account.
    :param folders: see `secret_folders`.
    :raises SettingsError: if there is nothing, naming the ways to give it; or if no token
        can be what is given.
    """
    account = settings.accounts[name]
    if account.oauth2 is not None:
        given = account.oauth2
        secret = given.client_secret_file or (
            given.client_secret.get_secret_value() if given.client_secret else ""
        )
        return kanbert.OAuth2ClientCredentials(
            given.token_url, given.client_id, secret, given.scope
        )
    if account.token is not None:
        try:
            return kanbert.BearerToken(account.token.get_secret_value())
        except SettingsError as error:  # there may be several accounts
            raise SettingsError(f"accounts.{name}.token: {error}", hint=error.hint) from error
    return kanbert.TokenFile(_token_file(name, account, folders, alone=len(settings.accounts) == 1))


def credential_file(name: str, settings: Settings, folders: Sequence[Path]) -> Path | None:
    """The file with the token, or the client's secret, of an account; None: it is in the settings.

    :param folders: see `secret_folders`.
    :raises SettingsError: if there is neither.
    """
    account = settings.accounts[name]
    if account.oauth2 is not None:
        return account.oauth2.client_secret_file
    if account.token is not None:
        return None
    return _token_file(name, account, folders, alone=len(settings.accounts) == 1)


def require_credentials(name: str, settings: Settings, folders: Sequence[Path]) -> None:
    """Make sure that an account's file holds something, for whoever cannot wait until it does.

    The daemon waits for it, as for Kanbert.

    :raises SettingsError: if there is none, or it does not.
    """
    file = credential_file(name, settings, folders)
    if file is None:
        return
    oauth2 = settings.accounts[name].oauth2 is not None
    try:
        if oauth2:
            kanbert.SecretFile(file, what="client secret").read()
        else:
            kanbert.TokenFile(file).token()
    except AccountTrouble as error:
        raise SettingsError(str(error), hint=error.hint) from error


def _token_file(name: str, account: Account, folders: Sequence[Path], *, alone: bool) -> Path:
    if account.token_file is not None:
        return account.token_file
    names = [f"{name}.token", *(["kanbert.token"] if alone else [])]
    for folder in folders:
        for file_name in names:
            if (folder / file_name).is_file():
                return folder / file_name
    raise SettingsError(
        f"accounts.{name} has no token.",
        hint=f'Give it one of three ways: token_file = "…" (a file that holds it; also found as '
        f'{" or ".join(names)} in $CREDENTIALS_DIRECTORY or /run/secrets), token = "…" '
        f"(or $INGESTD_ACCOUNTS__{name.upper()}__TOKEN), or an oauth2 table.",
    )


class Secrets:
    """Every secret text that settings lead to, for the log to hide."""

    def __init__(self, settings: Settings, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._fixed: list[str] = []
        self._files: dict[Path, tuple[object, str]] = {}
        self.add(settings)

    def add(self, settings: Settings) -> None:
        """Hide what further settings lead to as well; other threads may look meanwhile."""
        fixed, paths = _passwords(settings.ledger.url), list[Path | None]()
        paths += [Path(settings.web.token_file) if settings.web.token_file else None]
        for name, account in settings.accounts.items():
            oauth2 = account.oauth2
            given = [account.token, oauth2.client_secret if oauth2 else None]
            fixed += [secret.get_secret_value().strip() for secret in given if secret]
            fixed += _passwords(account.proxy)
            paths += [account.token_file, oauth2.client_secret_file if oauth2 else None]
            if not (account.token or account.token_file or oauth2):
                handed_over = f"{name}.token", "kanbert.token"
                paths += [folder / file for folder in self._folders for file in handed_over]
        fixed += notify_secrets(settings.notify)
        paths += [settings.notify.webhook_token_file]
        self._fixed = list(dict.fromkeys([*self._fixed, *fixed]))
        self._files = {path: (None, "") for path in paths if path} | self._files

    def __iter__(self) -> Iterator[str]:
        yield from self._fixed
        for path, (version, _) in self._files.items():
            try:
                found = os.stat(path)
                now = (found.st_mtime_ns, found.st_ino, found.st_size)
                if now != version:
                    text = read_regular(path).decode("utf-8-sig", errors="replace")
                    self._files[path] = (now, text.strip())
            except OSError:
                pass  # no file, no secret; what was in it stays one
            yield self._files[path][1]


def named_secrets(tables: Mapping[str, Any]) -> Iterator[str]:
    """The names of the settings in these tables that are a secret, or an address with one."""
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from (f"{key}.{name}" for name in named_secrets(value))
        elif isinstance(value, str | list) and value and (key in SECRET or _passwords(value)):
            yield key


def _passwords(url: object) -> list[str]:
    """The password in a URL, as it is written and as it is meant."""
    if not isinstance(url, str):
        return []
    try:
        written = urlsplit(url).password or ""
    except ValueError:
        return []
    return [written, unquote(written)] if written else []
