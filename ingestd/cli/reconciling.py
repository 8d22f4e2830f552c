"""What `ingestd reconcile` shows while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress

    from ingestd.admin import Counts, Reconciliation


class Show(Protocol):
    """Is told how far it has come."""

    def begin(self, reconciliation: Reconciliation) -> None:
        """Before anything is asked."""

    def step(self, counts: Counts) -> None:
        """After each invoice and each file."""


class _Nothing:
    def begin(self, reconciliation: Reconciliation) -> None:
        """Show nothing."""

    def step(self, counts: Counts) -> None:
        """Show nothing."""


class _Bar:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._invoices = bar.add_task("Invoices in Kanbert", total=None)
        self._files = bar.add_task("Files under done/", total=None)

    def begin(self, reconciliation: Reconciliation) -> None:
        """Count the files: only for the bar, for it takes a while where there are many."""
        self._bar.update(self._files, total=reconciliation.number_of_files())

    def step(self, counts: Counts) -> None:
        """Move the bars on."""
        self._bar.update(self._invoices, completed=counts.invoices)
        self._bar.update(self._files, completed=counts.files)


@contextmanager
def progress(*, shown: bool) -> Iterator[Show]:
    """Progress bars on standard error."""
    if not shown:
        yield _Nothing()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    # what goes to standard output is not the bar's to send elsewhere
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=False
    ) as bar:
        yield _Bar(bar)
