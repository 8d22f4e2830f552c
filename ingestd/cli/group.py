"""Groups of commands: each imported when it is called, and what was meant where it is misspelt."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from ingestd.spelling import did_you_mean

_DEBUG = click.Option(["--debug"], is_flag=True, expose_value=False, hidden=True)
"""The program's own option, which is taken behind a command too: where one adds it to a line."""


class LazyGroup(click.Group):
    """A group whose commands are functions in modules that are imported when they are called."""

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        """Make a group.

        :param lazy: by the command's name the module and the function, as `module:function`, and
            the line that the group's help has for it.
        """
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order that they were given."""
        del ctx
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in self.lazy:
            return None
        module, _, function = self.lazy[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        if _DEBUG not in command.params:
            command.params.append(_DEBUG)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.lazy.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was probably meant."""
        # a shell that asks what to complete with is told nothing
        misspelt = args and args[0] not in self.lazy and not args[0].startswith("-")
        if misspelt and not ctx.resilient_parsing:
            said = f'There is no command "{args[0]}". {did_you_mean(args[0], self.lazy)}'
            raise click.UsageError(said.rstrip(), ctx)
        return super().resolve_command(ctx, args)
