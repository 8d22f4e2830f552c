"""`ingestd retry`."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.completion import complete_failed
from ingestd.cli.main import Exit
from ingestd.cli.opening import inbox_option, json_option, require_inbox
from ingestd.cli.output import print_json
from ingestd.errors import IngestdError

if TYPE_CHECKING:
    from ingestd.admin import Failed
    from ingestd.config import Settings


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_failed)
@click.option("--all", "everything", is_flag=True, help="Every failed document of every inbox.")
@inbox_option
@click.option("--dry-run", is_flag=True, help="Only say what would be put back.")
@json_option
@click.pass_obj
def retry(  # noqa: PLR0917 - one for each option
    config: Path | None,
    names: tuple[str, ...],
    everything: bool,
    inbox: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Put failed documents back into their inbox, and remove their reason files.

    Nothing is overwritten: where its name is taken, a document gets a number. It works while the
    daemon runs, which takes what is put back for any other arrival. With --inbox and no NAME, every
    failed document of that inbox is put back. The exit code is 1 where one could not be.

    \b
    Example:
      ingestd retry letter.pdf
    """
    from ingestd import config as settings_of

    if not (names or everything or inbox):
        raise click.UsageError("Name the documents, or say --all or --inbox NAME.")
    settings = settings_of.load(config)
    chosen = _chosen(settings, names, require_inbox(settings, inbox))
    if not chosen:
        click.echo("Nothing has failed.", err=True)
    fine = [_put_back(one, settings, dry_run=dry_run, as_json=as_json) for one in chosen]
    return Exit.FINE if all(fine) else Exit.NEEDS_A_PERSON


def _chosen(settings: Settings, names: tuple[str, ...], inbox: str | None) -> list[Failed]:
    """The documents that are meant.

    :raises IngestdError: for a name that means none, or several.
    """
    from ingestd.admin import failed_in, named

    inboxes = [inbox] if inbox else list(settings.inboxes)
    failed = [one for name in inboxes for one in failed_in(name, settings.inboxes[name])]
    if not names:
        return failed
    found: dict[Path, Failed] = {}
    for name in names:
        meant = named(name, failed)
        if not meant:
            raise IngestdError(f'No failed document is called "{name}".', hint=_near(name, failed))
        if len(meant) > 1:
            paths = ", ".join(str(one.path) for one in meant)
            raise IngestdError(
                f'Several failed documents are called "{name}".', hint=f"Name one of: {paths}"
            )
        found[meant[0].path] = meant[0]
    return list(found.values())


def _near(name: str, failed: list[Failed]) -> str:
    near = difflib.get_close_matches(name, [one.name for one in failed], n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    return "ingestd history --state failed lists them." if failed else "Nothing has failed."


def _put_back(one: Failed, settings: Settings, *, dry_run: bool, as_json: bool) -> bool:
    from ingestd.admin import put_back
    from ingestd.observe import printable

    facts = {"inbox": one.inbox, "document": one.name, "from": str(one.path)}
    try:
        to = None if dry_run else put_back(one, settings.inboxes[one.inbox])
    except IngestdError as error:
        if as_json:
            print_json({**facts, "to": None, "error": str(error), "hint": error.hint})
        click.echo(f"ingestd: {printable(str(error))}\n  {printable(error.hint)}", err=True)
        return False
    if as_json:
        print_json({**facts, "to": str(to) if to else None})
    else:
        under = f" as {to.name}" if to and to.name != Path(one.name).name else ""
        said = "would go back" if dry_run else f"is back in the inbox{under}"
        click.echo(f"{one.inbox}: {printable(one.name)} {printable(said)}")
    return True
