"""One account: it is visited while everything else is looked at."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ingestd import config
from ingestd.admin.doctor import account
from ingestd.admin.doctor.errand import Errand, came_back
from ingestd.admin.doctor.finding import Finding, refused
from ingestd.admin.doctor.settings import access_of, of_secret_file
from ingestd.errors import SettingsError

FOR_A_SERVER = 60.0
"""Seconds: the client has deadlines of its own, and says more than that there is no answer."""
_CHECK = "Check base_url, the network and the proxy."


class AccountRound:
    """What is asked for one account, and said of it."""

    def __init__(
        self, name: str, given: config.Settings, client: Callable[[str], account.Visitor]
    ) -> None:
        """Send somebody off.

        :param client: connects to an account; may raise SettingsError.
        """
        self._name = name
        self._given = given
        self._visit = Errand(lambda: account.visit(client(name)), patience=FOR_A_SERVER)

    def findings(
        self, secret_folders: Sequence[Path], environ: Mapping[str, str]
    ) -> Iterator[Finding]:
        """Say how it stands."""
        subject, given = f"account {self._name}", self._given.accounts[self._name]
        yield account.of_address(
            f"{subject}: address", given.base_url, proxy=given.proxy, ca_bundle=given.ca_bundle
        )
        try:
            yield from self._of_token(f"{subject}: token", secret_folders, environ)
        except SettingsError as error:
            yield from refused(f"{subject}: token", error)
            return
        seen, findings = came_back(self._visit, f"{subject}: access", given.base_url, _CHECK)
        yield from findings
        if seen is not None:
            yield from account.of_visit(subject, seen)
        yield from account.of_pace(f"{subject}: limit", given.requests_per_minute)

    def _of_token(
        self, subject: str, folders: Sequence[Path], environ: Mapping[str, str]
    ) -> Iterator[Finding]:
        oauth2 = self._given.accounts[self._name].oauth2 is not None
        config.require_credentials(self._name, self._given, folders)
        file = config.credential_file(self._name, self._given, folders)
        key = ("oauth2", "client_secret") if oauth2 else ("token",)
        variable = config.variable_for(("accounts", self._name, *key), environ)
        yield account.of_token(subject, file=file, variable=variable, oauth2=oauth2)
        # what is handed over to one process in a folder of its own is nobody else's to read
        if file is not None and file.parent not in folders:
            with contextlib.suppress(OSError):  # gone by now, which the visit says
                yield from of_secret_file(subject, access_of(file))
