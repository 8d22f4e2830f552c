"""`ingestd run`."""

from __future__ import annotations

from pathlib import Path

import click

from ingestd.cli.main import Exit


@click.command()
@click.pass_obj
def run(config: Path | None) -> int:
    """Watch the inboxes and deliver what arrives, until stopped.

    SIGTERM and Ctrl-C finish what is being delivered, then exit.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml run
    """
    from ingestd.cli.session import Session
    from ingestd.daemon import Ending

    with Session.open(config) as session:
        ending = session.run()
    return Exit.NEEDS_A_PERSON if ending is Ending.BROKEN else Exit.FINE
