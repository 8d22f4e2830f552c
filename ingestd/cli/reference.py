"""The reference of all commands, as Markdown and as a man page: `python -m ingestd.cli.reference`.

Both are made from the commands themselves, and a test holds them to be current.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ingestd.cli.group import LazyGroup
from ingestd.cli.main import Exit, cli

EXITS = {
    Exit.FINE: "all is well",
    Exit.NEEDS_A_PERSON: "something needs a person",
    Exit.USAGE: "wrong usage, or settings that cannot be used",
    Exit.NO_KANBERT: "Kanbert cannot be reached, or refuses the account",
    Exit.INTERRUPTED: "it was interrupted with Ctrl-C before it was done; run ends with 0 then, "
    "and once with 1",
}


VARIABLES = {
    "INGESTD_CONFIG": "The settings file, where --config names none.",
    "INGESTD_*": "A setting each, over the file's: INGESTD_ACCOUNTS__MAIN__BASE_URL is base_url "
    "in the table accounts.main.",
    "CREDENTIALS_DIRECTORY": "Where ACCOUNT.token or kanbert.token is looked for, as systemd "
    "hands it over; /run/secrets is another such place.",
    "STATE_DIRECTORY": "What state_dir is where the settings have none.",
    "NO_COLOR": "No colours, if it is not empty.",
}
"""What the environment tells, beside the options."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be said of one command."""

    name: str
    """With those above it: `ingestd invoices list`."""
    usage: str
    text: list[str]
    """Paragraphs."""
    example: str
    options: list[tuple[str, str]]
    """Each as it is written, and what it does."""
    group: bool
    """Whether it is but the name of others."""


def pages() -> Iterator[Page]:
    """Yield a page for every command, in the order of the help."""
    yield from _pages(cli, click.Context(cli, info_name="ingestd"))


def _pages(command: click.Command, ctx: click.Context) -> Iterator[Page]:
    yield _page(command, ctx)
    if isinstance(command, LazyGroup):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None  # it is listed
            yield from _pages(below, click.Context(below, parent=ctx, info_name=name))


def _page(command: click.Command, ctx: click.Context) -> Page:
    text, _, example = inspect.cleandoc(command.help or "").partition("Example:\n")
    paragraphs = [part.replace("\b\n", "").strip("\b\n") for part in text.split("\n\n")]
    records = (param.get_help_record(ctx) for param in command.get_params(ctx))
    return Page(
        name=ctx.command_path,
        usage=" ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]),
        text=[part for part in paragraphs if part.strip()],
        example=inspect.cleandoc(example),
        options=[record for record in records if record],
        group=isinstance(command, click.Group),
    )


def as_markdown() -> str:
    """All of it as Markdown."""
    lines = ["# Commands", "", _MADE, ""]
    lines += ["| exit code | says |", "|---|---|"]
    lines += [f"| {code:d} | {said} |" for code, said in EXITS.items()]
    for page in pages():
        lines += ["", f"## {page.name}", "", "```", page.usage, "```"]
        for part in page.text:
            lines += ["", *(["```", part, "```"] if _is_verbatim(part) else [part])]
        if page.options:
            lines += ["", "| option | |", "|---|---|"]
            lines += [f"| `{_cell(name)}` | {_cell(said)} |" for name, said in page.options]
        if page.example:
            lines += ["", "```sh", page.example, "```"]
    return "\n".join(lines) + "\n"


_MADE = "Made from the commands by `make reference`; `ingestd COMMAND --help` says the same."


def _is_verbatim(part: str) -> bool:
    return bool(re.search(r"^\S+: {2,}\S", part))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def as_man_page() -> str:
    """All of it as a page of man(7)."""
    lines = ['.TH INGESTD 1 "" "ingestd" "User Commands"', ".SH NAME"]
    lines += [r"ingestd \- carry invoices from folders into Kanbert"]
    lines += [".SH SYNOPSIS", ".nf", _roff(next(pages()).usage), ".fi"]
    for page in pages():
        lines += [f".SH {_roff(page.name.upper())}", ".nf", _roff(page.usage), ".fi"]
        for part in page.text:
            plain = [".nf", _roff(part), ".fi"] if _is_verbatim(part) else [_roff(part)]
            lines += [".PP", *plain]
        for name, said in page.options:
            lines += [".TP", rf"\fB{_roff(name)}\fR", _roff(" ".join(said.split()))]
        if page.example:
            lines += [".PP", "Example:", ".PP", ".nf", _roff(page.example), ".fi"]
    lines += [".SH EXIT STATUS"]
    for code, said in EXITS.items():
        lines += [".TP", rf"\fB{code:d}\fR", _roff(said)]
    lines += [".SH ENVIRONMENT"]
    for name, said in VARIABLES.items():
        lines += [".TP", rf"\fB{_roff(name)}\fR", _roff(said)]
    lines += [".SH FILES", ".TP", "ingestd.toml, /etc/ingestd/ingestd.toml", "The settings."]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> str:
    """A text that troff takes for nothing but text."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)


def main(folder: Path) -> None:
    """Write both into a folder."""
    (folder / "cli.md").write_text(as_markdown(), encoding="utf-8")
    (folder / "ingestd.1").write_text(as_man_page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
