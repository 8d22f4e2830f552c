"""`ingestd reconcile`."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingestd.cli.choosing import Number
from ingestd.cli.listing import Listing
from ingestd.cli.main import Exit
from ingestd.cli.moment import Moment
from ingestd.cli.opening import inbox_option, json_option, opened_client, require_inbox
from ingestd.cli.output import complain, go_on_unread, print_json
from ingestd.cli.reconciling import (
    FILE_COLUMNS,
    INVOICE_COLUMNS,
    facts_of,
    file_row,
    invoice_row,
    number_of,
    progress,
)
from ingestd.errors import IngestdError, KanbertError, SettingsError

if TYPE_CHECKING:
    from ingestd.admin import Finding, Proofs, Wanted
    from ingestd.config import Settings
    from ingestd.ledger import Reading

REQUESTS_PER_MINUTE = 120
"""Where neither the account nor the command says otherwise: the daemon is to get its turn too."""


@click.command()
@inbox_option
@click.option(
    "--since",
    type=Moment(),
    metavar="TIME",
    help="Only files changed and invoices created since: 2026-05-04, or 3d, 12h, 30min ago.",
)
@click.option("--fix", is_flag=True, help="Put files without an invoice back into their inbox.")
@click.option("--yes", is_flag=True, help="Do so also where Kanbert has not one of them.")
@json_option
@click.option(
    "--requests-per-minute",
    type=Number(min=0),
    metavar="N",
    help="At most; 0: no limit. [default: the account's setting, or 120]",
)
@click.pass_obj
def reconcile(  # noqa: PLR0917 - one for each option
    config: Path | None,
    inbox: str | None,
    since: datetime | None,
    fix: bool,
    yes: bool,
    as_json: bool,
    requests_per_minute: int | None,
) -> int:
    """Prove that every delivered file has its invoice in Kanbert, and every invoice its file.

    Every file under done/ is looked for in Kanbert: by the invoice that the ledger remembers, by
    its content, and as a duplicate. And every invoice there with our external_origin is looked for
    under done/; what `ingestd upload` made has another, and what has its sender's own external_id
    is not looked for. Nothing is changed without --fix. An
    interrupted run is gone on with by the next one. The exit code is 1 where something is missing
    or could not be proven.

    \b
    Example:
      ingestd reconcile --since 30d
    """
    from ingestd import config as settings_of
    from ingestd.admin import Proofs, Wanted
    from ingestd.ledger import open_to_read

    if yes and not fix:
        raise click.UsageError("--yes puts nothing back by itself; give --fix with it.")
    if fix:
        go_on_unread("stdout")
    settings = settings_of.load_with_inboxes(config)
    inbox = require_inbox(settings, inbox)
    state_dir = settings_of.state_dir(settings)
    ledger = open_to_read(state_dir, settings.ledger.url)
    proofs = Proofs(state_dir, lambda: datetime.now(UTC), time.monotonic)
    if proofs.earlier:
        click.echo(f"Going on with an interrupted run: {proofs.earlier:,} proven then.", err=True)
    chosen = [settings.inboxes[inbox]] if inbox else settings.inboxes.values()
    accounts = dict.fromkeys(settings.account_of(one) for one in chosen)
    wanted = [Wanted(account, inbox, since, fix, yes) for account in accounts]
    run = _Run(settings, ledger, proofs, as_json, requests_per_minute)
    run.all(wanted)
    return Exit.NEEDS_A_PERSON if run.found or run.blind else Exit.FINE


def pace_of(asked: int | None, given: int) -> int:
    """How many requests per minute are made; 0: as many as it takes.

    :param asked: by the command's option.
    :param given: by the account's settings, where 0 is nothing.
    """
    return (given or REQUESTS_PER_MINUTE) if asked is None else asked


@dataclass
class _Run:
    """One call of the command."""

    settings: Settings
    ledger: Reading | None
    proofs: Proofs
    as_json: bool
    requests_per_minute: int | None
    found: list[Finding] = field(default_factory=list)
    blind: bool = False
    files: int = 0
    proven: int = 0

    def all(self, wanted: list[Wanted]) -> None:
        """Go through all accounts, also where one cannot be reached.

        What was proven is kept, unless all of it was done.

        :raises KanbertError: if one could not; what was found is shown then.
        :raises SettingsError: if one has no token; as above.
        :raises NotOneThere: if one may be the wrong one.
        """
        try:
            self._all(wanted)
        except KeyboardInterrupt:
            self._show(unfinished=True)
            click.echo("Interrupted: the next run goes on from here.", err=True)
            raise
        finally:
            self._close()

    def _all(self, wanted: list[Wanted]) -> None:
        from ingestd.admin import NotOneThere

        failed: IngestdError | None = None
        for one in wanted:
            try:
                self._account(one)
            except (KanbertError, SettingsError, NotOneThere) as error:
                if failed:
                    complain(failed)
                failed = error
        unfinished = isinstance(failed, KanbertError | SettingsError)
        self._show(unfinished=unfinished)
        if unfinished and (self.files or self.found):
            click.echo("That is not all: the next run goes on from here.", err=True)
        if failed:
            raise failed
        self.proofs.forget()

    def _close(self) -> None:
        self.proofs.save()
        if self.proofs.error:
            click.echo(f"{self.proofs.error} An interrupted run begins again.", err=True)
        if self.ledger:
            self.ledger.close()

    def _account(self, wanted: Wanted) -> None:
        from ingestd.admin import Reconciliation

        given = self.settings.accounts[wanted.account].requests_per_minute
        pace = pace_of(self.requests_per_minute, given)
        with (
            opened_client(self.settings, wanted.account, requests_per_minute=pace) as kanbert,
            progress(shown=self._bar_shown()) as show,
        ):
            it = Reconciliation(
                wanted, self.settings, kanbert, self.ledger, self.proofs, on_step=show.step
            )
            show.begin(it)
            try:
                for finding in it.findings():
                    self.found.append(finding)
                    if self.as_json:
                        print_json(facts_of(finding))
            finally:
                self.files += it.counts.files
                self.proven += it.counts.proven
                self.blind |= it.blind

    def _bar_shown(self) -> bool:
        # JSON may be on its way to the same terminal, through a pipe even
        return sys.stderr.isatty() and not self.as_json

    def _show(self, *, unfinished: bool) -> None:
        from ingestd.admin import MissingFile

        of_files = [one for one in self.found if not isinstance(one, MissingFile)]
        of_invoices = [one for one in self.found if isinstance(one, MissingFile)]
        if of_files and not self.as_json:
            Listing(FILE_COLUMNS).add(file_row(one) for one in of_files)
        if of_invoices and not self.as_json:
            if of_files:
                click.echo()
            Listing(INVOICE_COLUMNS).add(invoice_row(one) for one in of_invoices)
        if self.files or self.found or not unfinished:
            self._summarise(unfinished=unfinished)

    def _summarise(self, *, unfinished: bool) -> None:
        from ingestd.admin import MissingFile, MissingInvoice, NotProven

        without_invoice = [one for one in self.found if isinstance(one, MissingInvoice)]
        back = sum(bool(one.back_at) for one in without_invoice)
        put_back = f" ({back:,} put back)" if back else ""
        not_proven = sum(isinstance(one, NotProven) for one in self.found)
        said = (
            f"{number_of(self.files, 'file')}: {self.proven:,} proven, "
            f"{len(without_invoice):,} without an invoice{put_back}, {not_proven:,} not proven."
        )
        if not (self.blind or unfinished):
            without_file = sum(isinstance(one, MissingFile) for one in self.found)
            said += f" {number_of(without_file, 'invoice')} without a file."
        click.echo(said, err=True)
        if self.blind:
            say = "Which invoices have no file is not known: not every file could be looked at."
            click.echo(say, err=True)
