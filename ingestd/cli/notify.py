"""`ingestd notify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingestd.cli.main import Exit
from ingestd.cli.output import coloured
from ingestd.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingestd.config import Settings
    from ingestd.observe.notify import Channel


@click.command()
@click.option("--test", is_flag=True, help="Send a test message on every channel.")
@click.pass_obj
def notify(config: Path | None, test: bool) -> int:
    """Try out whether the notifications that [notify] asks for arrive.

    --test sends a message to each service and to the webhook, and a sign of life to the heartbeat's
    address, and says of each whether it was taken. No daemon is needed for it, and a running one
    is not disturbed. The exit code is 1 if one was not.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml notify --test
    """
    from ingestd import config as settings_of
    from ingestd.observe import printable
    from ingestd.observe.notify import Attempt

    if not test:
        raise click.UsageError("Nothing to do. Did you mean --test?")
    settings, failed = settings_of.load(config), False
    for channel, what in _everything(settings):
        lost = Attempt(channel, what).lost()
        failed = failed or lost is not None
        level = coloured("fail", "red") if lost else coloured("ok  ", "green")
        click.echo(f"{level}  {printable(channel.name)}" + (f": {lost}" if lost else ""))
    return Exit.NEEDS_A_PERSON if failed else Exit.FINE


def _everything(settings: Settings) -> Iterator[tuple[Channel[Any], Any]]:
    """Every channel, and what it is sent.

    :raises SettingsError: if there is none.
    """
    from ingestd import config
    from ingestd.daemon import Times, channels
    from ingestd.observe.notify import Beat, Heartbeat, of_test

    found = config.addresses(settings.notify)
    if not found:
        raise SettingsError(
            "Nobody is notified: [notify] has no urls, no webhook_url and no heartbeat_url.",
            hint="Set one of them; docs/notifications.md has examples.",
        )
    for channel in channels(settings.notify, found, Times()):
        yield channel, of_test()
    if found.heartbeat:
        yield Heartbeat(found.heartbeat), Beat()
