"""`ingestd reload`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ingestd.cli.main import Exit


@click.command()
@click.pass_obj
def reload(config: Path | None) -> int:
    """Have the daemon that runs read its settings again, and say what came of it.

    Inboxes and accounts that are new, others or gone take effect at once; documents under way are
    finished as they were begun, and what did not change goes on undisturbed. Settings that cannot
    be used are refused, with the reason, and those that it runs with stay. SIGHUP does the same,
    without an answer.

    The settings are checked here first: where they are wrong, the exit code is 2 and the daemon is
    not asked. It is 1 where the daemon refused them, or none runs.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml reload
    """
    from ingestd import admin
    from ingestd import config as settings_of
    from ingestd.errors import IngestdError

    settings = settings_of.load_with_inboxes(config)
    told = admin.ask_to_reload(settings_of.state_dir(settings), now=lambda: datetime.now(UTC))
    if told.error:
        raise IngestdError(f"Refused; the settings from before stay. {told.error}", hint=told.hint)
    click.echo("The settings were read again, and are in effect.")
    if told.restart:
        click.echo(f"At the next start of ingestd only: {', '.join(told.restart)}.")
    return Exit.FINE
