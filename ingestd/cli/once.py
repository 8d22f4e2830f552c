"""`ingestd once`."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import NoReturn

import click

from ingestd.cli.main import Exit
from ingestd.lazily import for_good, without
from ingestd.model import Document, Outcome


@click.command()
@click.pass_obj
def once(config: Path | None) -> NoReturn:
    """Deliver everything that is in the inboxes now, then exit with a summary.

    For cron and the task planners of NAS systems. Where Kanbert cannot be reached, the files stay
    in the inbox and the exit code is 3; it is 1 where something needs a person.

    SIGTERM and Ctrl-C finish what is being delivered, then exit with 1 and the summary, whatever is
    left; the same once more exits at once. Either way the next run goes on from there.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml once
    """
    with for_good(), without("rich", "pygments"):
        from ingestd.cli.session import Session, leave
        from ingestd.daemon import Ending, Times, tell_the_end

    tally = Tally()
    on_terminal = sys.stderr.isatty()
    with (
        _progress(shown=on_terminal) as show,
        Session.open(config, filed=tally.add, hurried=True, outcomes_shown=on_terminal) as session,
    ):
        ending = session.run(
            until=session.parts.conductor.at_rest,
            on_tick=lambda: show(tally.total, session.waiting),
        )
        rest = Rest(
            session.waiting, session.left, session.lacking, session.barred, session.unserved
        )
    if ending is Ending.ASKED:
        click.echo("Interrupted: the next run goes on from here.", err=True)
    _summarise(tally, rest, ending.value)
    undone = tally.failed or rest.waiting or rest.barred or rest.unserved
    code = _EXITS.get(ending.value, Exit.NEEDS_A_PERSON if undone else Exit.FINE)
    trouble = f"`ingestd once` ended with exit code {code:d}" if code else ""
    tell_the_end(session.settings, session.log, Times(), trouble=trouble)
    leave(code)


_EXITS = {
    "unreachable": Exit.NO_KANBERT,
    "asked": Exit.NEEDS_A_PERSON,
    "broken": Exit.NEEDS_A_PERSON,
}
"""By how it ended, whatever became of the documents."""


_WAITING_FOR = {"unreachable": "Kanbert", "asked": "the next run"}
"""By how it ended."""


_UNSERVED = {"asked": "not served before the interruption"}
"""By how it ended: of what was not begun, the log says nothing."""


class Tally:
    """What became of the documents, as several threads tell it."""

    def __init__(self) -> None:
        self.outcomes: Counter[Outcome | None] = Counter()
        self.failed: list[Document] = []
        self._lock = threading.Lock()

    def add(self, document: Document) -> None:
        """Count a document that was put away."""
        with self._lock:
            self.outcomes[document.outcome] += 1
            if document.outcome is Outcome.FAILED:
                self.failed.append(document)

    @property
    def total(self) -> int:
        """Documents put away."""
        return self.outcomes.total()


Show = Callable[[int, int], None]
"""Told how many documents are done, and how many are not."""


@contextmanager
def _progress(*, shown: bool) -> Iterator[Show]:
    """A progress bar on standard error."""
    if not shown:
        yield lambda _done, _waiting: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, soft_wrap=True)  # or it would fold the log's lines
    columns = (TextColumn("Delivering"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, waiting: bar.update(task, completed=done, total=(done + waiting) or None)


@dataclass(frozen=True, slots=True)
class Rest:
    """What was not carried to an outcome."""

    waiting: int
    left: int
    """Files that were not complete yet."""
    lacking: list[str]
    """Documents whose sidecars are not there yet."""
    barred: int
    """Files that cannot be opened or moved."""
    unserved: list[str]
    """Inboxes."""


def _summarise(tally: Tally, rest: Rest, ending: str) -> None:
    waiting_for = _WAITING_FOR.get(ending, "a person, see the log")
    unserved = _UNSERVED.get(ending, "not served, see the log")
    rows = [(str(outcome), tally.outcomes[outcome]) for outcome in Outcome]
    rows += [(f"waiting for {waiting_for}", rest.waiting)] if rest.waiting else []
    rows += [("not complete yet", rest.left)] if rest.left else []
    rows += [("waiting for their sidecars", len(rest.lacking))] if rest.lacking else []
    rows += [("cannot be taken, see the log", rest.barred)] if rest.barred else []
    for name, number in rows:
        click.echo(f"{number:6}  {name}")
    from ingestd.observe import printable

    for document in tally.failed:
        click.echo(f"failed: {printable(document.name)}: {printable(document.reason)}")
    for name in rest.lacking:
        sidecar = f"{PurePath(name).stem}.toml"
        click.echo(f"waiting: {printable(name)}: no sidecar yet, such as {printable(sidecar)}")
    for inbox in rest.unserved:
        click.echo(f"{unserved}: inbox {inbox}")
