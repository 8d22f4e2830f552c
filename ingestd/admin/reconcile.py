"""Holding what lies under `done/` and what is in Kanbert against each other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ingestd.admin.done import (
    DoneFile,
    look_at,
    name_below,
    paths_below,
    require_top,
    skipped_below,
    tops_of,
)
from ingestd.admin.findings import Counts, Finding, MissingFile, MissingInvoice, NotProven, Wanted
from ingestd.admin.fixing import Missing, put_back_all
from ingestd.admin.proof import Absent, Held, Proven, Prover, Unproven, Verdict
from ingestd.admin.proofs import Proofs
from ingestd.admin.remembered import Filed, filed_in, own_ids, without_file
from ingestd.config import Inbox, Settings
from ingestd.errors import (
    DocumentChanged,
    InboxUnavailable,
    KanbertError,
    OutcomeUnknown,
    Refused,
)
from ingestd.identity import upload_origin
from ingestd.kanbert import Kanbert
from ingestd.ledger import Reading

MOST_UNKNOWN_IN_A_ROW = 5
"""Answers in a row that cannot be understood, after which it is not for the files to blame."""


class Reconciliation:
    """One account and its inboxes."""

    def __init__(
        self,
        wanted: Wanted,
        settings: Settings,
        kanbert: Kanbert,
        ledger: Reading | None,
        proofs: Proofs,
        *,
        on_step: Callable[[Counts], None] = lambda _: None,
    ) -> None:
        """Begin; nothing is asked yet.

        :param ledger: None where none was begun yet.
        :param on_step: told the counts after each of what they count.
        """
        self.counts = Counts()
        self.blind = False
        """Not all files could be looked at, so it is not known which invoices have none."""
        self._wanted, self._settings, self._ledger = wanted, settings, ledger
        self._kanbert, self._proofs, self._on_step = kanbert, proofs, on_step
        account = settings.accounts[wanted.account]
        self._there = account.base_url
        self._inboxes = {
            name: inbox
            for name, inbox in settings.inboxes.items()
            if settings.account_of(inbox) == wanted.account and wanted.inbox in {None, name}
        }
        by_hand = upload_origin(account.external_origin)
        self._held = Held(_origins(account.external_origin, self._inboxes), by_hand)
        self._prover = Prover(kanbert, self._held)
        self._accounted: set[str] = set()
        self._unknown_in_a_row = 0
        self._any_there = False
        self._missing: list[Missing] = []
        """What is to be put back when all files were looked at: one tells of the others."""

    def findings(self) -> Iterator[Finding]:
        """Go through both sides, and yield what is missing on either.

        :raises KanbertError: if it cannot be gone on with.
        :raises LedgerUnusable: if the ledger cannot be read.
        :raises NotOneThere: if so much is to be put back that the account may be the wrong one.
        """
        for number in self._held.list(self._kanbert, self._wanted.since):
            self.counts.invoices = number
            self._on_step(self.counts)
        filed = filed_in(self._ledger)
        self._prover.own_ids.expect(own_ids(filed, self._wanted.account, self._wanted.since))
        try:
            for top, inbox in self.tops().items():
                yield from self._files_in(top, inbox, filed)
        except KanbertError:
            yield from (one.left() for one in self._missing)
            raise
        trusted = self._wanted.sure or self._any_there or self._held.any_ours
        yield from put_back_all(self._missing, trusted=trusted)
        if not self.blind:
            yield from self._invoices_without_file()

    def number_of_files(self) -> int:
        """How many files there are to look at, at most."""
        return sum(
            1
            for top in self.tops()
            for _ in paths_below(top, skipped_below(top, self._settings), lambda *_: None)
        )

    def tops(self) -> dict[Path, str]:
        """The folders that are gone through, each with an inbox that puts documents there."""
        return {top: name for name, inbox in self._inboxes.items() for top in tops_of(inbox)}

    def _files_in(self, top: Path, name: str, filed: Mapping[str, Filed]) -> Iterator[Finding]:
        troubles: list[NotProven] = []

        def on_trouble(path: str, error: OSError) -> None:
            troubles.append(NotProven(name, path, f"It cannot be read: {error.strerror}."))

        try:
            self._require(top, name, filed)
            for path in paths_below(top, skipped_below(top, self._settings), on_trouble):
                if file := look_at(path, self._wanted.since, on_trouble):
                    yield from self._look_into(file, top, name, filed.get(path))
            self._require(top, name, filed)  # or its files may have gone with their share
        except InboxUnavailable as error:
            troubles.append(NotProven(name, str(top), f"{error} {error.hint}".strip()))
        self.blind = self.blind or bool(troubles)
        yield from troubles

    def _require(self, top: Path, name: str, filed: Mapping[str, Filed]) -> None:
        used = any(path.startswith(f"{top}{os.sep}") for path in filed)
        require_top(self._inboxes[name], top, used=used)

    def _look_into(
        self, file: DoneFile, top: Path, name: str, known: Filed | None
    ) -> Iterator[Finding]:
        if known and not _is_still(known, file):
            known = None
        if not self._is_wanted(known):
            return
        is_ours = known is not None or not self._is_shared(top)
        verdict = self._verdict(file, known) if is_ours else _WHOSE
        self.counts.files += verdict is not None
        match verdict:
            case Proven():
                self.counts.proven += 1
                self._accounted.update(verdict.invoices)
                if not verdict.for_nothing:
                    self._any_there = True
                    self._proofs.keep(self._there, file, verdict.invoices)
            case Absent():
                yield from self._without_invoice(file, top, name, known)
            case Unproven(why):
                yield NotProven(name, file.path, why)
        self._on_step(self.counts)

    def _is_wanted(self, known: Filed | None) -> bool:
        """Whether a file in one of the folders is not known to be another account's or inbox's."""
        if known is None:
            return True
        mine = known.account == self._wanted.account
        if not mine and known.account in self._settings.accounts:
            return False
        return self._wanted.inbox in {None, known.inbox}

    def _is_shared(self, top: Path) -> bool:
        """Whether other accounts' documents are put away there too."""
        return any(
            top in tops_of(inbox)
            for inbox in self._settings.inboxes.values()
            if self._settings.account_of(inbox) != self._wanted.account
        )

    def _verdict(self, file: DoneFile, known: Filed | None) -> Verdict | None:
        """Find out about a file; None if it vanished."""
        invoices = self._proofs.recall(self._there, file)
        if invoices is not None:
            return Proven(invoices, for_nothing=True)
        try:
            verdict = self._prover.prove(file, *(known.proven_by if known else ("", "")))
        except FileNotFoundError:
            return None
        except (OSError, DocumentChanged) as error:
            self.blind = True
            return Unproven(f"It cannot be read: {getattr(error, 'strerror', '') or error}")
        except (OutcomeUnknown, Refused) as error:
            self._unknown_in_a_row += 1
            if self._unknown_in_a_row >= MOST_UNKNOWN_IN_A_ROW:
                raise
            return Unproven(str(error))
        if not (isinstance(verdict, Proven) and verdict.for_nothing):
            self._unknown_in_a_row = 0
        return verdict

    def _without_invoice(
        self, file: DoneFile, top: Path, name: str, known: Filed | None
    ) -> Iterator[MissingInvoice]:
        name = known.inbox if known and known.inbox in self._inboxes else name
        inbox = self._inboxes[name]
        own_name = known.name if known else name_below(top, file.path, inbox.filed_layout)
        missing = Missing(file, name, inbox, own_name)
        if self._wanted.fix:
            self._missing.append(missing)
        else:
            yield missing.left()

    def _invoices_without_file(self) -> Iterator[MissingFile]:
        candidates = {
            id_: listed
            for id_, listed in self._held.invoices.items()
            if listed.ours and id_ not in self._accounted
        }
        found = without_file(
            candidates, self._ledger, inbox=self._wanted.inbox, concerns=self._is_there
        )
        for id_, listed in found.items():
            yield MissingFile(
                self._wanted.account, id_, listed.title, listed.external_id, listed.created_at
            )

    def _is_there(self, account: str) -> bool:
        """Whether an account's invoices are in the same Kanbert; perhaps, if it is not known."""
        settings = self._settings.accounts.get(account)
        return settings is None or settings.base_url == self._there


_WHOSE = Unproven(
    "It lies in a folder of several accounts, and the ledger does not know whose it is."
)


def _is_still(known: Filed, file: DoneFile) -> bool:
    """Whether a file is what was put away there, and not what was written in its place since."""
    written = file.look.mtime_ns / 1e9
    return known.size == file.look.size and written <= known.filed_at.timestamp()


def _origins(of_account: str, inboxes: Mapping[str, Inbox]) -> frozenset[str]:
    """Our external_origins; none if Kanbert, or a file's name, gives invoices one of its own."""
    if any("(?P<external_origin>" in inbox.filename_pattern for inbox in inboxes.values()):
        return frozenset()
    own = {str(inbox.fields.get("external_origin") or of_account) for inbox in inboxes.values()}
    return frozenset() if "" in own else frozenset(own | ({of_account} - {""}))
