"""The settings: where they come from, and who else can read the secrets in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.doctor.finding import Finding, ok, warn

SUBJECT = "settings"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read a file."""

    path: Path
    mode: int
    owner: int
    group: int


def access_of(path: Path) -> Access:
    """Look who may read a file, where a link leads if it is one.

    :raises OSError: if it is not there.
    """
    found = os.stat(path)
    return Access(path, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)


def of_source(source: Path | None, variables: Sequence[str]) -> Finding:
    """Say where the settings come from.

    :param variables: environment variables that hold settings; they win.
    """
    over = f"{', '.join(variables)} from the environment"
    if source is None:
        return ok(SUBJECT, f"There is no file, only {over}.")
    path = os.path.abspath(source)
    return ok(SUBJECT, f"{path} is read" + (f", and over it {over}." if variables else "."))


def of_settings_file(access: Access, secrets: Sequence[str], *, user: int) -> Iterator[Finding]:
    """Judge who can read the settings file.

    :param secrets: the settings in it that are secrets.
    :param user: number of the user that this runs as.
    """
    others = access.mode & stat.S_IROTH
    group = access.mode & stat.S_IRGRP and not _is_by_group(access, user)
    if secrets and (others or group):
        yield warn(
            f"{SUBJECT}: rights",
            f"{'Everybody' if others else 'Its group'} can read {access.path}, "
            f"and it holds {', '.join(secrets)}.",
            f"chmod {'g-rwx,' * bool(group)}o-rwx '{access.path}', or put what is secret into a "
            "file of its own (token_file).",
        )


def _is_by_group(access: Access, user: int) -> bool:
    """Whether it may be by its group that the daemon reads a file: not by being its owner."""
    given_away = user == 0 and access.group != 0
    return access.owner != user or given_away


def of_secret_file(subject: str, access: Access) -> Iterator[Finding]:
    """Judge who can read a file with a secret."""
    if access.mode & stat.S_IROTH:
        yield warn(subject, f"Everybody can read {access.path}.", f"chmod o-rwx '{access.path}'")
