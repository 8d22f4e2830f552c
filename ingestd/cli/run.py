"""`ingestd run`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from ingestd.cli.main import Exit


@click.command()
@click.pass_obj
def run(config: Path | None) -> int:
    """Watch the inboxes and deliver what arrives, until stopped.

    SIGTERM and Ctrl-C finish what is being delivered, then exit; the same once more exits at once,
    and the next start goes on with what was being delivered.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml run
    """
    _on_signals(_not_begun)
    from ingestd.cli.session import Session, leave
    from ingestd.daemon import Ending

    with Session.open(config) as session:
        ending = session.run()
    _on_signals(signal.SIG_IGN)  # it has ended
    return leave(Exit.NEEDS_A_PERSON if ending is Ending.BROKEN else Exit.FINE)


def _on_signals(what: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, what)


def _not_begun(_number: int, _frame: FrameType | None) -> None:
    """A signal before the daemon listens for it: nothing was begun that had to be finished."""
    _on_signals(signal.SIG_IGN)
    raise SystemExit(Exit.FINE)
