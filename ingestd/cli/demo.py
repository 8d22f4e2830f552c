"""`ingestd demo`."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ingestd.cli.main import Exit
from ingestd.cli.samples import Sample, samples
from ingestd.cli.sandbox import sandbox_room
from ingestd.cli.session import Session
from ingestd.daemon import Ending
from ingestd.model import Document
from ingestd.observe import printable

SETTINGS = """\
# What `ingestd demo` runs with; config.example.toml has every setting.
state_dir = "{state}"

[accounts.main]
base_url = "{base_url}"
token = "{token}"
concurrency = 1                  # 4 by default; one by one is easier to follow

[inboxes.scanner]
path = "{inbox}"
settle = "500ms"                 # 2s by default; a demo is in a hurry
give_up_on_incomplete = "2s"     # 10m by default

[log]
format = "console"
"""


@click.command()
@click.option(
    "--keep",
    is_flag=True,
    help="Go on watching until Ctrl-C; drop PDFs of your own. The folder stays.",
)
def demo(keep: bool) -> int:
    """See it work: generated invoices, a local Kanbert, nothing to set up.

    It happens in a new folder for temporary files, which is removed at the end; with --keep it is
    left to you, with all that you dropped there.

    \b
    Example:
      ingestd demo --keep
    """
    room = sandbox_room()
    token = secrets.token_urlsafe(16)
    with (
        _folder(keep=keep) as folder,
        room.Store(":memory:") as store,
        room.Server(room.create_app(store, tokens={token: room.ALL_SCOPES})) as server,
    ):
        inbox, settings = _lay_out(folder, server.base_url, token)
        made = list(samples())
        _drop(inbox, made, keep=keep)
        filed: list[Document] = []
        with Session.open(settings, filed=filed.append, environ={}) as session:
            ending = session.run(until=lambda: not keep and len(filed) == len(made))
        missing = tell(made, filed, store, inbox)
    return leave(ending, missing, keep=keep)


def leave(ending: Ending, missing: int, *, keep: bool) -> int:
    """The exit code; Ctrl-C is what ends it with --keep, and cuts it short without.

    :param missing: how many samples came to no outcome.
    :raises click.Abort: if it was cut short, which is said.
    """
    if ending is Ending.ASKED and missing and not keep:
        click.echo(f"\nInterrupted: {missing} came to no outcome.", err=True)
        raise click.Abort
    return Exit.FINE if ending in {Ending.DONE, Ending.ASKED} else Exit.NEEDS_A_PERSON


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    """A new folder; what people drop into it is not ours to delete, whatever happens."""
    if not keep:
        with tempfile.TemporaryDirectory(prefix="ingestd-demo-") as folder:
            yield Path(folder)
        return
    kept = Path(tempfile.mkdtemp(prefix="ingestd-demo-"))
    try:
        yield kept
    finally:
        click.echo(f"\nAll files are still in {kept}: remove it when you need them no more.")


def _lay_out(folder: Path, base_url: str, token: str) -> tuple[Path, Path]:
    inbox, settings = folder / "scans", folder / "ingestd.toml"
    inbox.mkdir()
    text = SETTINGS.format(state=folder / "state", base_url=base_url, token=token, inbox=inbox)
    settings.write_text(text)
    return inbox, settings


def _drop(inbox: Path, made: list[Sample], *, keep: bool) -> None:
    click.echo(f"An inbox: {inbox}")
    for number, sample in enumerate(made):
        path = inbox / sample.name
        path.write_bytes(sample.content)
        # so that the first of two equal ones is delivered and the second recognised
        os.utime(path, (number, number))
        click.echo(f"  {sample.name:22} {sample.shows}")
    click.echo("Drop PDFs of your own into it; Ctrl-C ends it.\n" if keep else "")


def tell(made: list[Sample], filed: list[Document], store: Any, inbox: Path) -> int:
    """Say what became of each file, where it is now, and what Kanbert has.

    :returns: how many came to no outcome.
    """
    click.echo("\nWhat became of them")
    came = {document.name for document in filed}
    missing = [sample.name for sample in made if sample.name not in came]
    for document in sorted(filed, key=lambda one: one.claimed_at):
        where = Path(document.destination).relative_to(inbox)
        name = printable(document.name)
        click.echo(f"  {name:22} {document.outcome:10} {printable(str(where))}")
        if document.reason:
            click.echo(f"  {'':22} {'':10} {printable(document.reason)}")
    for name in missing:
        click.echo(f"  {name:22} no outcome")
    click.echo("\nWhat Kanbert has now")
    for invoice in store.invoices():
        click.echo(f"  {invoice.id:10} {invoice.title or '':22} {invoice.external_id or ''}")
    if not store.invoices():
        click.echo("  nothing")
    return len(missing)
