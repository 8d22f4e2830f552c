"""`ingestd status`."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.main import Exit
from ingestd.cli.opening import json_option
from ingestd.cli.output import print_json
from ingestd.cli.overview import text_of
from ingestd.cli.watching import frames

if TYPE_CHECKING:
    from ingestd.admin import Overview
    from ingestd.config import Settings

EVERY = 2.0
"""Seconds between two looks with --watch."""


@click.command()
@json_option
@click.option("--watch", is_flag=True, help="Look again every two seconds, until Ctrl-C.")
@click.pass_obj
def status(config: Path | None, as_json: bool, watch: bool) -> int:
    """Show what waits, what is in flight, and what needs a person.

    It reads the ledger and the folders, so it works whether or not the daemon runs. The exit code
    is 1 where something needs a person: an account or inbox in trouble, documents that cannot go
    on, files in failed/, or a ledger that cannot be read.

    \b
    Example:
      ingestd status --watch
    """
    from ingestd import config as settings_of

    settings = settings_of.load(config)
    state_dir = settings_of.state_dir(settings)
    if watch:
        _watch(lambda: _look(settings, state_dir), as_json=as_json)
        return Exit.FINE
    seen = _look(settings, state_dir)
    if as_json:
        print_json(asdict(seen))
    else:
        click.echo(text_of(seen, datetime.now().astimezone()))
    return Exit.NEEDS_A_PERSON if seen.needs_a_person else Exit.FINE


def _watch(look: Callable[[], Overview], *, as_json: bool) -> None:
    """Show it again and again; Ctrl-C, or being told to end, is how that ends."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # to set the terminal right first
    with suppress(KeyboardInterrupt), frames() as show:
        while True:
            seen = look()
            if as_json:
                print_json(asdict(seen))
            else:
                show(text_of(seen, datetime.now().astimezone()))
            time.sleep(EVERY)


def _look(settings: Settings, state_dir: Path) -> Overview:
    from ingestd.admin import overview_of
    from ingestd.errors import LedgerUnusable
    from ingestd.ledger import open_to_read

    now = datetime.now().astimezone()
    try:
        ledger = open_to_read(state_dir, settings.ledger.url)
    except LedgerUnusable as error:  # the folders can be shown all the same
        return overview_of(settings, state_dir, error, now)
    try:
        return overview_of(settings, state_dir, ledger, now)
    finally:
        if ledger:
            ledger.close()
