"""`ingestd sandbox`."""

from __future__ import annotations

import errno
import re
import socket
import sqlite3
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from ingestd.errors import SettingsError

_LAST_PORT = 65535


def _token(value: str) -> str:
    """Read what a client can send."""
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise click.BadParameter(f'"{value}" is no token: write letters, digits and signs.')
    return value


@click.command()
@click.option("--listen", default="127.0.0.1:8480", show_default=True, metavar="HOST:PORT")
@click.option(
    "--token",
    default="sandbox",
    show_default=True,
    type=_token,
    metavar="TOKEN",
    help="The token it accepts.",
)
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the invoices in this SQLite file [default: in memory]",
)
@click.option("--control", is_flag=True, help="Let it be told to misbehave, at /_control.")
def sandbox(listen: str, token: str, store: Path | None, control: bool) -> None:
    """Run a local Kanbert to try things on, until Ctrl-C.

    \b
    Example:
      ingestd sandbox --listen 127.0.0.1:8480 --token try-me
    """
    host, port = _address(listen)
    room = sandbox_room()
    app = room.create_app(_open(store, room), tokens={token: room.ALL_SCOPES}, control=control)
    try:
        server = room.Server(app, host, port)
    except OSError as error:
        raise SettingsError(
            f"The sandbox cannot listen on {listen}: {error.strerror}.", hint=_cure(error)
        ) from error
    with suppress(KeyboardInterrupt):  # it may come before the server listens to it
        click.echo(f'base_url = "{server.base_url}"')
        click.echo(f'token = "{token}"')
        click.echo("Ctrl-C ends it.")
        server.serve_forever()


def _cure(error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "Name an address of this machine, such as --listen 127.0.0.1:8480."
    if error.errno == errno.EACCES:
        return "Ports below 1024 are root's; choose a higher one, as in --listen 127.0.0.1:8480."
    return "Is one running already? Choose another with --listen 127.0.0.1:PORT."


def _open(store: Path | None, room: ModuleType) -> Any:
    try:
        return room.Store(store or ":memory:")
    except sqlite3.Error as error:
        raise SettingsError(
            f"The sandbox cannot keep its invoices in {store}: {error}.",
            hint="Name a file that is not there yet, or one that a sandbox made.",
        ) from error


def sandbox_room() -> ModuleType:
    """Import the sandbox.

    :raises SettingsError: if what it needs is not installed.
    """
    try:
        from ingestd import sandbox as room
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The sandbox needs {error.name}, which is not installed.",
            hint='Install it with: pip install "ingestd[sandbox]"',
        ) from error
    return room


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not _may_be_host(host) or not port.isdecimal() or int(port) > _LAST_PORT:
        raise click.BadParameter(f'"{listen}" is not HOST:PORT.', param_hint="--listen")
    return host.strip("[]"), int(port)


def _may_be_host(name: str) -> bool:
    try:
        return bool(name.encode("idna"))
    except UnicodeError:  # binding to it would be a TypeError
        return False
