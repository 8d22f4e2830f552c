"""The command `ingestd` and what its subcommands have in common."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any

import click

from ingestd import __version__
from ingestd.cli.collecting import seldom
from ingestd.cli.given import GivenFile
from ingestd.cli.group import LazyGroup
from ingestd.cli.output import complain, go_on_unread
from ingestd.errors import IngestdError, KanbertError, NotFound, Refused, SettingsError


class Exit(IntEnum):
    """What the exit code says."""

    FINE = 0
    NEEDS_A_PERSON = 1
    USAGE = 2
    NO_KANBERT = 3
    INTERRUPTED = 130


COMMANDS = {
    "run": ("ingestd.cli.run:run", "The daemon: watch the inboxes and deliver what arrives."),
    "once": ("ingestd.cli.once:once", "Deliver everything that is in the inboxes now, then exit."),
    "reload": ("ingestd.cli.reload:reload", "Have the daemon read its settings again."),
    "status": ("ingestd.cli.status:status", "What waits, what is in flight, what failed."),
    "history": ("ingestd.cli.history:history", "What happened to a document."),
    "retry": ("ingestd.cli.retry:retry", "Put failed documents back into their inbox."),
    "reconcile": (
        "ingestd.cli.reconcile:reconcile",
        "Prove that every delivered file has its invoice in Kanbert.",
    ),
    "doctor": ("ingestd.cli.doctor:doctor", "Check settings, folders, rights and the account."),
    "notify": ("ingestd.cli.notify:notify", "Try out whether notifications arrive."),
    "upload": ("ingestd.cli.upload:upload", "Deliver files once, outside of any inbox."),
    "duplicate": ("ingestd.cli.duplicate:duplicate", "Ask whether Kanbert knows a file."),
    "invoices": ("ingestd.cli.invoices:invoices", "List, show and change invoices."),
    "bookings": ("ingestd.cli.bookings:bookings", "Change and delete bookings of invoices."),
    "demo": (
        "ingestd.cli.demo:demo",
        "See it work: generated invoices, a local Kanbert, nothing to set up.",
    ),
    "sandbox": ("ingestd.cli.sandbox:sandbox", "Run a local Kanbert to try things on."),
    "completion": ("ingestd.cli.completion:completion", "Let a shell complete all this."),
}
"""Where each command is, and its line in the help."""

WORKING = frozenset({"bookings", "once", "reload", "retry", "run", "upload"})
"""Those that go on to their end where nobody reads what they say; those that do so only at times
(`reconcile --fix`, `invoices update`) see to it themselves. No command ends for its complaints or
its log: what it has to do is the same, and so is its exit code."""


class _NobodyReads(Exception):
    """Whoever read our output (`head`, say) has seen enough; click takes that for a failure."""


@contextmanager
def _telling_when_nobody_reads() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _NobodyReads from error


class _Commands(LazyGroup):
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _telling_when_nobody_reads():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _telling_when_nobody_reads():
            return super().invoke(ctx)


@click.command(
    cls=_Commands, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--config",
    type=GivenFile(),
    help="Settings file [default: $INGESTD_CONFIG, ./ingestd.toml, /etc/ingestd/ingestd.toml]",
)
@click.option(
    "--debug",
    is_flag=True,
    expose_value=False,  # `main` looks at it
    help="Show where in the program an error came from.",
)
@click.version_option(__version__, prog_name="ingestd")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Carry invoices from folders into Kanbert: once each, and none lost.

    \b
    Example:
      ingestd --config /etc/ingestd/ingestd.toml run
    """
    ctx.obj = config
    if ctx.invoked_subcommand in WORKING:
        go_on_unread("stdout")


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit with its code."""
    _take_every_text()
    go_on_unread("stderr")
    given = sys.argv[1:] if arguments is None else arguments
    try:
        with seldom():
            code: object = cli.main(args=given, prog_name="ingestd", standalone_mode=False)
    except click.Abort:
        sys.exit(Exit.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.USAGE)
    except IngestdError as error:
        _show_origin(given)
        sys.exit(_explain(error))
    except _NobodyReads:
        _close_quietly()
        sys.exit(Exit.FINE)
    except OSError as error:
        _show_origin(given)
        sys.exit(_explain_failure(error))
    sys.exit(code if isinstance(code, int) else Exit.FINE)


def _show_origin(given: Sequence[str]) -> None:
    """Show where the error that is being explained came from, if that was asked for."""
    if "--debug" in given:
        import traceback

        traceback.print_exc()


def _explain(error: IngestdError) -> Exit:
    complain(error)
    match error:
        case SettingsError():
            return Exit.USAGE
        case Refused() | NotFound():  # about one request; the account is fine
            return Exit.NEEDS_A_PERSON
        case KanbertError():
            return Exit.NO_KANBERT
        case _:
            return Exit.NEEDS_A_PERSON


def _explain_failure(error: OSError) -> Exit:
    """Say what the operating system would not do: print into a full disk, for one."""
    about = f"{os.fsdecode(error.filename)}: " if error.filename else ""
    why = error.strerror or str(error)
    complain(IngestdError(f"{about}{why}.", hint="--debug shows what was being done."))
    try:
        sys.stdout.flush()
    except OSError:
        _close_quietly()
    return Exit.NEEDS_A_PERSON


def _take_every_text() -> None:
    """Names of files may hold what is no text, and a terminal's encoding may lack a letter."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called us: what is said goes nowhere
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _close_quietly() -> None:
    """Let Python write what is left to nowhere: it would complain about it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
