"""`ingestd completion`, and what commands complete with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from ingestd.errors import IngestdError, SettingsError

if TYPE_CHECKING:
    from ingestd.config import Settings

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
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
    from ingestd.admin import failed_in

    settings = _settings(ctx)
    inboxes = settings.inboxes if settings else {}
    failed = [one.name for name in inboxes for one in failed_in(name, inboxes[name])]
    return [CompletionItem(name) for name in failed if name.startswith(begun)]


def _settings(ctx: click.Context) -> Settings | None:
    """The settings that the command would have; whoever only completes is told of no trouble."""
    from ingestd import config

    path: Path | None = ctx.find_root().params.get("config")
    try:
        return config.load(path)
    except IngestdError:
        return None
