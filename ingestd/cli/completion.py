"""`ingestd completion`, and what commands complete with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from ingestd.cli.choosing import Word
from ingestd.errors import IngestdError, SettingsError

if TYPE_CHECKING:
    from ingestd.config import Inbox, Settings

SHELLS = ("bash", "zsh", "fish")


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
      ingestd completion bash > ~/.local/share/bash-completion/completions/ingestd
    """
    made = get_completion_class(shell)
    if made is None:
        raise SettingsError(f"There is no completion for {shell}.")
    script = made(ctx.find_root().command, {}, "ingestd", "_INGESTD_COMPLETE").source()
    click.echo(script, nl=False)


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
    failed = [name for one in inboxes for name in _failed_in(one, inboxes[one])]
    return [CompletionItem(name) for name in failed if name.startswith(begun) and _is_text(name)]


def _failed_in(name: str, inbox: Inbox) -> list[str]:
    from ingestd.admin import failed_in

    try:
        return [one.name for one in failed_in(name, inbox)]
    except (OSError, IngestdError):
        return []


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
