"""`ingestd completion`, and what commands complete with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ingestd.cli.choosing import Word
from ingestd.cli.shells import SHELLS
from ingestd.errors import IngestdError

if TYPE_CHECKING:
    from ingestd.admin import Failed
    from ingestd.config import Inbox, Settings


@click.command()
@click.argument("shell", type=Word(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what a shell needs to complete commands, inboxes and failed documents.

    \b
    bash:  eval "$(ingestd completion bash)"
    zsh:   ingestd completion zsh > "${fpath[1]}/_ingestd"
    fish:  ingestd completion fish > ~/.config/fish/completions/ingestd.fish

    \b
    Example:
      echo 'eval "$(ingestd completion bash)"' >> ~/.bashrc
    """
    made = SHELLS[shell](ctx.find_root().command, {}, "ingestd", "_INGESTD_COMPLETE")
    click.echo(made.source(), nl=False)


def complete_inbox(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names of the inboxes in the settings."""
    settings = _settings(ctx)
    names = settings.inboxes if settings else {}
    return [CompletionItem(name) for name in names if name.startswith(begun)]


def complete_account(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names of the accounts in the settings."""
    settings = _settings(ctx)
    names = settings.accounts if settings else {}
    return [CompletionItem(name) for name in names if name.startswith(begun)]


def complete_failed(ctx: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names of the failed documents."""
    settings = _settings(ctx)
    inboxes = settings.inboxes if settings else {}
    failed = [_called(each, begun) for one in inboxes for each in _failed_in(one, inboxes[one])]
    return [CompletionItem(name) for name in failed if name.startswith(begun) and _is_text(name)]


def _failed_in(name: str, inbox: Inbox) -> list[Failed]:
    from ingestd.admin import failed_in

    try:
        return failed_in(name, inbox)
    except (OSError, IngestdError):
        return []


def _called(one: Failed, begun: str) -> str:
    """What a document is called: one that would be an option by its name, by its path."""
    # behind `--` it would be none; only there is a word that begins so asked for here
    is_option = one.name.startswith("-") and not begun.startswith("-")
    return str(one.path.absolute()) if is_option else one.name


def _is_text(name: str) -> bool:
    """Whether a shell can be told it: in UTF-8, one to a line."""
    return name.isprintable()  # a surrogate, which stands for a byte that is none, is not


def _settings(ctx: click.Context) -> Settings | None:
    """The settings that the command would have; whoever only completes is told of no trouble."""
    from ingestd import config

    path: Path | None = ctx.find_root().params.get("config")
    try:
        return config.load(path)
    except (OSError, IngestdError):
        return None
