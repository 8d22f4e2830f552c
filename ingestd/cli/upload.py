"""`ingestd upload`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingestd.cli.fields import WithFields, read
from ingestd.cli.given import GivenFile, Unreadable, unreadable
from ingestd.cli.main import Exit
from ingestd.cli.opening import account_name, account_option, json_option, opened_client
from ingestd.cli.output import complain, next_step, print_json
from ingestd.errors import (
    AskLater,
    DocumentChanged,
    IngestdError,
    KanbertError,
    Refused,
    UnfitDocument,
)

if TYPE_CHECKING:
    from ingestd.admin.upload import Receipt
    from ingestd.intake import Content
    from ingestd.kanbert import CreateInvoice, Kanbert, OnSent

LARGEST = 15_000_000
"""Bytes; what Kanbert takes, whichever way it counts a megabyte."""


_FORCE = (
    "Send a file although Kanbert knows it; where ingestd made that invoice, a second one needs an "
    "--external-id of its own."
)


@click.command(cls=WithFields, model="CreateInvoice")
@click.argument("files", nargs=-1, required=True, type=GivenFile())
@click.option("--force", is_flag=True, help=_FORCE)
@account_option
@json_option
@click.pass_obj
def upload(
    config: Path | None,
    /,
    *,
    files: tuple[Path, ...],
    force: bool,
    account: str | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Deliver files to Kanbert once, outside of any inbox. They stay where they are.

    A file that Kanbert knows is told and not sent. Unless they are given, the title is the file's
    name, external_origin is the account's with " upload" behind it ("ingestd upload": reconcile
    looks for no file of it under done/), and external_id is made of the content, so that the same
    command once more makes no second invoice. Dates are written 2024-01-15 or 15.01.2024.

    What an inbox does for its documents is not done here: no fields come from its settings, from a
    sidecar or from the e-invoice inside a PDF, and what is too large is not made smaller.

    \b
    Example:
      ingestd upload invoice.pdf --due-date 31.01.2024 --tag paper --vat 20=40.00
    """
    from ingestd import config as config_room
    from ingestd.identity import upload_origin
    from ingestd.kanbert import CreateInvoice

    read(CreateInvoice, given)  # what is wrong with it is said before anything is opened
    if given["external_id"] and len(files) > 1:
        raise click.UsageError("--external-id is one invoice's; give one file.")
    settings = config_room.load(config)
    name = account_name(settings, account)
    of_account = settings.accounts[name].external_origin
    given["external_origin"] = given["external_origin"] or upload_origin(of_account)
    with opened_client(settings, name) as kanbert:
        sending = _Sending(kanbert, given, force=force, as_json=as_json, number=len(files))
        return sending.all(files)


@dataclass
class _Sending:
    """The files of one command, one after the other; what became of each is said at once."""

    kanbert: Kanbert
    given: dict[str, Any]
    force: bool
    as_json: bool
    number: int
    done: int = 0
    failed: int = 0

    def all(self, files: Sequence[Path]) -> int:
        """Send them; the exit code. What is everybody's trouble is raised."""
        try:
            for path in files:
                self._one(path)
                self.done += 1
        except KanbertError as error:
            if self.as_json:
                self._say_not_sent(files[self.done :], error)
            if self.number > 1:
                click.echo(f"Not sent: {self.number - self.done} of {self.number}.", err=True)
            raise
        except KeyboardInterrupt:
            click.echo("Interrupted. The same command again sends nothing twice.", err=True)
            raise
        return Exit.NEEDS_A_PERSON if self.failed else Exit.FINE

    def _one(self, path: Path) -> None:
        content: Content | None = None
        try:
            content = _content_of(path)
            receipt = self._send(path, content)
        except (UnfitDocument, DocumentChanged, Refused, AskLater, Unreadable) as error:
            self.failed += 1
            self._say_failed(path, error, content)
        else:
            self._say(path, content, receipt)

    def _send(self, path: Path, content: Content) -> Receipt:
        from ingestd.admin.upload import Upload

        with _bar(f"{self.done + 1} of {self.number}", path.name) as on_sent:
            upload = Upload(
                content, path.name, self._fields(path), self.kanbert, time.sleep, on_sent
            )
            return upload.send(although_known=self.force)

    def _fields(self, path: Path) -> CreateInvoice:
        from ingestd.describe import Rules, describe, together
        from ingestd.kanbert import CreateInvoice

        given = {name: value for name, value in self.given.items() if value not in (None, ())}
        return read(CreateInvoice, together(describe(path.name, Rules(given))))

    def _say(self, path: Path, content: Content, receipt: Receipt) -> None:
        from ingestd.model import Outcome
        from ingestd.observe import printable

        if self.as_json:
            ids = {"invoices": receipt.invoice_ids, "external_id": receipt.external_id or None}
            hashes = {"md5": content.md5, "sha256": content.sha256}
            print_json(_line(path, str(receipt.outcome), **ids, **hashes))
            return
        ids_said = ", ".join(receipt.invoice_ids)
        became = "delivered" if receipt.outcome is Outcome.DELIVERED else "not sent, known already"
        click.echo(f"{printable(str(path))}: {became}{f' as {ids_said}' if ids_said else ''}")

    def _say_failed(self, path: Path, error: IngestdError, content: Content | None) -> None:
        if self.as_json:
            outcome = "unknown" if isinstance(error, AskLater) else "failed"
            hashes = {"md5": content.md5, "sha256": content.sha256} if content else {}
            print_json(_line(path, outcome, error=str(error), hint=next_step(error), **hashes))
        else:
            complain(error, about=str(path))

    def _say_not_sent(self, paths: Sequence[Path], error: KanbertError) -> None:
        for path in paths:
            print_json(_line(path, "not sent", error=str(error), hint=next_step(error)))


def _line(path: Path, outcome: str, **known: Any) -> dict[str, Any]:
    """What scripts get of a file: every line has the same keys."""
    unknown = dict.fromkeys(("external_id", "md5", "sha256", "error", "hint"))
    return {"file": str(path), "outcome": outcome, "invoices": [], **unknown, **known}


def _content_of(path: Path) -> Content:
    from ingestd.intake import inspect

    try:
        # whoever names a symlink means what it points at; in an inbox, nobody named it
        return inspect(
            Path(os.path.realpath(path)), max_size=LARGEST, store=lambda _descriptor, _path: None
        )
    except OSError as error:
        raise unreadable(error) from error


_ROOM = 32
"""Characters for what stands before the bar; the rest of a line of 80 is the bar's."""


@contextmanager
def _bar(count: str, name: str) -> Iterator[OnSent | None]:
    """A progress bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from ingestd.cli.listing import cut
    from ingestd.observe import printable

    sending = cut(f"{count}  {printable(name)}", _ROOM)
    text, bar = TextColumn("{task.description}", markup=False), BarColumn(bar_width=20)
    console = Console(stderr=True)
    columns = (text, bar, DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(sending, total=None)

        def show(sent: int, total: int) -> None:
            label = sending if sent < total else f"{count}  waiting for the answer"
            progress.update(task, completed=sent, total=total, description=label)

        yield show
