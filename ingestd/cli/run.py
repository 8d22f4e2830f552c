"""`ingestd run`."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from ingestd.cli.main import Exit
from ingestd.lazily import for_good, without


@click.command()
@click.pass_obj
def run(config: Path | None) -> NoReturn:
    """Watch the inboxes and deliver what arrives, until stopped.

    SIGTERM and Ctrl-C finish what is being delivered, then exit; the same once more exits at once,
    and the next start goes on with what was being delivered. SIGHUP, or `ingestd reload`, has it
    read its settings again. The log goes to standard error; where nobody reads it any more
    (`ingestd run 2>&1 | head`), documents are delivered all the same, and `[log] file` and
    `ingestd status` still tell.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml run
    """
    begun = False

    def before_and_after(_number: int, _frame: FrameType | None) -> None:
        """What comes before the daemon listens finds nothing begun; after it, nothing left."""
        if not begun:
            raise SystemExit(Exit.FINE)

    # one that comes before there is a daemon to reload waits for it
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, before_and_after)
    with for_good(), without("rich", "pygments"):
        from ingestd.cli.session import Session, leave
        from ingestd.daemon import Ending

    with Session.open(config, reloads=True, bounded=True) as session:
        begun = True
        ending = session.run()
    leave(Exit.NEEDS_A_PERSON if ending is Ending.BROKEN else Exit.FINE)
