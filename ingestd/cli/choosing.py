"""Options and arguments that take one of a few words, or a number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from ingestd.spelling import did_you_mean


class Word(click.Choice[str]):
    """One of these words, in whatever case; where it is none, the one that was meant is said."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(list(words), case_sensitive=False)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Say it as for commands and inboxes."""
        del ctx
        there_is = f"There is: {', '.join(self.choices)}"
        said = (f'There is no "{value}".', did_you_mean(value, self.choices), there_is)
        return " ".join(filter(None, said))


class Number(click.IntRange):
    """A whole number; click would say of another word that it is no "integer range"."""

    name = "whole number"
