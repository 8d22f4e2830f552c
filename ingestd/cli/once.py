"""`ingestd once`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ingestd.cli.main import Exit
from ingestd.model import Document, Outcome


@click.command()
@click.pass_obj
def once(config: Path | None) -> int:
    """Deliver everything that is in the inboxes now, then exit with a summary.

    For cron and the task planners of NAS systems. Where Kanbert cannot be reached, the files stay
    in the inbox and the exit code is 3; it is 1 where something needs a person.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml once
    """
    from ingestd.cli.session import Session
    from ingestd.daemon import Ending

    filed: list[Document] = []
    with _progress() as show, Session.open(config, filed=filed.append, hurried=True) as session:
        ending = session.run(
            until=session.parts.conductor.at_rest,
            on_tick=lambda: show(len(filed), session.waiting),
        )
        waiting, left, unserved = session.waiting, session.left, session.unserved
    _summarise(filed, waiting=waiting, left=left, unserved=unserved)
    if ending is Ending.UNREACHABLE:
        return Exit.NO_KANBERT
    failed = any(document.outcome is Outcome.FAILED for document in filed)
    fine = ending is Ending.DONE and not (failed or waiting or unserved)
    return Exit.FINE if fine else Exit.NEEDS_A_PERSON


Show = Callable[[int, int], None]
"""Told how many documents are done, and how many are not."""


@contextmanager
def _progress() -> Iterator[Show]:
    """A progress bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _waiting: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Delivering"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, waiting: bar.update(task, completed=done, total=(done + waiting) or None)


def _summarise(filed: list[Document], *, waiting: int, left: int, unserved: list[str]) -> None:
    counted = Counter(document.outcome for document in filed)
    rows = [(f"{outcome}", counted[outcome]) for outcome in Outcome]
    rows += [("waiting for Kanbert", waiting)] if waiting else []
    rows += [("not complete yet", left)] if left else []
    for name, number in rows:
        click.echo(f"{number:6}  {name}")
    for document in filed:
        if document.outcome is Outcome.FAILED:
            from ingestd.observe import printable

            click.echo(f"failed: {printable(document.name)}: {printable(document.reason)}")
    for inbox in unserved:
        click.echo(f"not served: inbox {inbox}")
