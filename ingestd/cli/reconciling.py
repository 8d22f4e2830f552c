"""What `ingestd reconcile` shows: how far it has come, and what it found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from ingestd.cli.listing import Column
from ingestd.cli.output import coloured

if TYPE_CHECKING:
    from rich.progress import Progress

    from ingestd.admin import (
        Counts,
        Finding,
        MissingFile,
        MissingInvoice,
        NotProven,
        Reconciliation,
    )


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


def number_of(number: int, what: str) -> str:
    """Say how many there are of something."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def facts_of(finding: Finding) -> dict[str, object]:
    """A finding as scripts get it."""
    from ingestd.admin import MissingFile, MissingInvoice

    match finding:
        case MissingFile():
            return {
                "missing": "file",
                "invoice_id": finding.invoice_id,
                "title": finding.title,
                "external_id": finding.external_id,
                "created_at": finding.created_at,
                "account": finding.account,
            }
        case MissingInvoice():
            facts: dict[str, object] = {"missing": "invoice"}
            facts |= {"put_back": finding.back_at or None, "error": finding.error or None}
        case _:
            facts = {"missing": None, "error": finding.error}
    return {**facts, "file": finding.path, "inbox": finding.inbox}


FILE_COLUMNS = (
    Column("FILE", least=24, tail=True),
    Column("INBOX", least=8),
    Column("", least=30, folds=True),
)


def file_row(finding: MissingInvoice | NotProven) -> list[str]:
    """What `FILE_COLUMNS` show: its path, its inbox, and what is wrong."""
    from ingestd.admin import NotProven
    from ingestd.observe import printable

    if isinstance(finding, NotProven):
        said = f"{coloured('could not be proven', 'yellow')}: {printable(finding.error)}"
    else:
        said = coloured("has no invoice", "red")
        if finding.back_at:
            said += f"; put back as {printable(finding.back_at)}"
        elif finding.error:
            said += f"; {printable(finding.error)}"
    return [printable(finding.path), finding.inbox, said]


INVOICE_COLUMNS = (Column("INVOICE"), Column("TITLE", least=12), Column("CREATED"), Column(""))


def invoice_row(finding: MissingFile) -> list[str]:
    """What `INVOICE_COLUMNS` show: its id, its title, when it was made, and what is wrong."""
    from ingestd.observe import printable

    created = finding.created_at
    return [
        printable(finding.invoice_id),
        printable(finding.title) or "-",
        created.astimezone().strftime("%Y-%m-%d %H:%M:%S") if created else "-",
        coloured("has no file", "red"),
    ]
