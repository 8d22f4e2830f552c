"""`ingestd retry`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.completion import complete_failed
from ingestd.cli.main import Exit
from ingestd.cli.opening import inbox_option, json_option, require_inbox
from ingestd.cli.output import complain, print_json
from ingestd.errors import IngestdError
from ingestd.spelling import did_you_mean

if TYPE_CHECKING:
    from ingestd.admin import Failed
    from ingestd.config import Settings


NOTHING = "There is nothing in failed/."


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
    failed document of that inbox is put back. The exit code is 1 where one could not be, or an
    inbox could not be looked at.

    \b
    Example:
      ingestd retry letter.pdf
    """
    from ingestd import config as settings_of

    if not names and not everything and inbox is None:
        raise click.UsageError("Name the documents, or say --all or --inbox NAME.")
    if names and everything:
        raise click.UsageError("Name the documents or say --all, not both.")
    settings = settings_of.load_with_inboxes(config)
    failed, troubles = _look(settings, require_inbox(settings, inbox))
    chosen = _chosen(names, failed, troubles) if names else failed
    if not names:
        for trouble in troubles:
            complain(trouble)
    if not chosen and not troubles:
        click.echo(NOTHING, err=True)
    fine = [_put_back(one, settings, dry_run=dry_run, as_json=as_json) for one in chosen]
    looked = bool(names) or not troubles
    return Exit.FINE if looked and all(fine) else Exit.NEEDS_A_PERSON


def _look(settings: Settings, inbox: str | None) -> tuple[list[Failed], list[IngestdError]]:
    """What failed in one inbox, or in all; and why some could not be looked at."""
    from ingestd.admin import require_failed_in

    failed: list[Failed] = []
    troubles: list[IngestdError] = []
    for name in settings.inboxes if inbox is None else [inbox]:
        try:
            failed += require_failed_in(name, settings.inboxes[name])
        except IngestdError as error:
            troubles.append(IngestdError(f"inbox {name}: {error}", hint=error.hint))
    return failed, troubles


def _chosen(
    names: tuple[str, ...], failed: list[Failed], troubles: list[IngestdError]
) -> list[Failed]:
    """The documents that are meant.

    :raises IngestdError: for a name that means none, or several.
    """
    from ingestd.admin import named
    from ingestd.observe import printable

    found: dict[Path, Failed] = {}
    for name in names:
        meant = named(name, failed)
        if not meant:
            for trouble in troubles:  # it may lie there
                complain(trouble)
            hint = "" if troubles else _near(name, failed)
            raise IngestdError(f'No failed document is called "{printable(name)}".', hint=hint)
        if len(meant) > 1:
            paths = ", ".join(str(one.path) for one in meant)
            raise IngestdError(
                f'Several failed documents are called "{printable(name)}".',
                hint=f"Name one of: {paths}",
            )
        found[meant[0].path] = meant[0]
    return list(found.values())


def _near(name: str, failed: list[Failed]) -> str:
    if meant := did_you_mean(name, [one.name for one in failed]):
        return meant
    return "ingestd history --state failed lists them." if failed else NOTHING


def _put_back(one: Failed, settings: Settings, *, dry_run: bool, as_json: bool) -> bool:
    from ingestd.admin import put_back, require_put_back

    to, trouble = None, None
    inbox = settings.inboxes[one.inbox]
    try:
        if dry_run:
            require_put_back(one, inbox)
        else:
            to = put_back(one, inbox)
    except IngestdError as error:
        trouble = error
        complain(error)
    if as_json:
        print_json(_facts(one, to, trouble, dry_run=dry_run))
    elif trouble is None:
        _say(one, to)
    return trouble is None


def _facts(
    one: Failed, to: Path | None, trouble: IngestdError | None, *, dry_run: bool
) -> dict[str, object]:
    return {
        "inbox": one.inbox,
        "document": one.name,
        "from": str(one.path),
        "to": str(to) if to else None,
        "dry_run": dry_run,
        "error": str(trouble) if trouble else None,
        "hint": trouble.hint if trouble else None,
    }


def _say(one: Failed, to: Path | None) -> None:
    """Say that a document is back in its inbox; or would be, where it is nowhere yet."""
    from ingestd.observe import printable

    under = f" as {to.name}" if to and to.name != Path(one.name).name else ""
    said = f"is back in the inbox{under}" if to else "would go back"
    click.echo(f"{one.inbox}: {printable(one.name)} {printable(said)}")
