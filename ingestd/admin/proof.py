"""Does Kanbert have an invoice of a file? Asked in the order of what it costs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ingestd.admin.done import DoneFile
from ingestd.admin.own_ids import OwnIds
from ingestd.errors import NotFound, OutcomeUnknown
from ingestd.identity import PREFIX, content_of, ids_of
from ingestd.intake import Look, digests
from ingestd.kanbert import DuplicateCheck, F, Invoice, Kanbert

PAGE = 100
"""Invoices asked for at a time."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Kanbert has it."""

    invoices: tuple[str, ...]
    """Their ids; there may be none, where Kanbert knows the content and does not say from where."""
    for_nothing: bool = False
    """Neither had Kanbert to be asked for this one, nor the file to be read."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Kanbert said clearly, to every question, that it does not have it."""


@dataclass(frozen=True, slots=True)
class Unproven:
    """Neither is known."""

    why: str


Verdict = Proven | Absent | Unproven


class Listed(NamedTuple):
    """What is remembered of an invoice in the list: of a hundred thousand, so not much."""

    external_id: str
    title: str
    created_at: datetime | None
    ours: bool
    """Whether it has our external_origin."""

    def is_of(self, sha256: str) -> bool:
        """Whether it was made of this content."""
        return content_of(self.external_id) == sha256


class Held:
    """The invoices that ingestd made, as Kanbert lists them."""

    def __init__(self, origins: Collection[str], not_ours: str = "") -> None:
        """Begin without any.

        :param origins: our external_origins; none: every invoice that an ingestd made is ours.
        :param not_ours: the external_origin of what never came through an inbox.
        """
        self.invoices: dict[str, Listed] = {}
        """By id."""
        self._origins, self._not_ours = origins, not_ours
        self._by_external_id: dict[str, str] = {}

    def list(self, kanbert: Kanbert, since: datetime | None) -> Iterator[int]:
        """Ask for all of them, created since then; yield how many there are so far.

        Kanbert filters by external_id, but not by external_origin.

        :raises KanbertError: if the list did not come to its end.
        """
        wanted = F("external_id").startswith(PREFIX)
        if since:
            wanted &= F("created_at").gte(since)
        for invoice in kanbert.iterate(filter=wanted, page_size=PAGE):
            self._add(invoice)
            yield len(self.invoices)

    def _add(self, invoice: Invoice) -> None:
        external_id, origin = invoice.external_id or "", invoice.external_origin
        if content_of(external_id):  # what a server that does not filter adds is passed over
            ours = not origin or (
                origin in self._origins if self._origins else origin != self._not_ours
            )
            listed = Listed(external_id, invoice.title or "", invoice.created_at, ours)
            self.invoices[invoice.id] = listed
            self._by_external_id[external_id] = invoice.id

    @property
    def any_ours(self) -> bool:
        """Whether there is one that has our external_origin."""
        return any(listed.ours for listed in self.invoices.values())

    def made_of(self, sha256: str) -> tuple[str, ...]:
        """The ids of those that were made of this content."""
        known = self._by_external_id
        return tuple(known[one] for one in ids_of(sha256) if one in known)

    def is_all_of_others(self, known: DuplicateCheck, sha256: str) -> bool:
        """Whether each invoice that Kanbert named for a content was made of another one.

        Kanbert tells contents apart by MD5 alone, and two can be made to have the same.
        """
        made_of = [
            content_of(listed.external_id) if listed else sha256
            for listed in (self.invoices.get(one.id) for one in known.duplicates)
        ]
        return bool(made_of) and sha256 not in made_of


class Prover:
    """Finds out about one file after the other."""

    def __init__(
        self,
        kanbert: Kanbert,
        held: Held,
        *,
        digests: Callable[[Path, Look], tuple[str, str]] = digests,
    ) -> None:
        self._kanbert = kanbert
        self._held = held
        self._digests = digests
        self.own_ids = OwnIds(kanbert)
        """Those that files have which are going to be proven."""

    def prove(
        self, file: DoneFile, invoice_id: str, sha256: str, sent_md5: str = "", own_id: str = ""
    ) -> Verdict:
        """Find out about a file.

        :param invoice_id: the one that the ledger remembers it for; empty: none.
        :param sha256: of its content, as the ledger remembers it; empty: it does not.
        :param sent_md5: of the smaller copy that was sent of that content; empty: none was.
        :param own_id: the external_id that its sender gave that invoice; empty: none.
        :raises Unavailable, AccountTrouble, Refused, OutcomeUnknown: Kanbert cannot be asked, or
            its answer says nothing.
        :raises DocumentChanged: if the file changed meanwhile.
        :raises OSError: if it is gone, or cannot be read.
        """
        if listed := self._held.invoices.get(invoice_id):
            if listed.is_of(sha256):
                return Proven((invoice_id,), for_nothing=True)
        elif invoice_id and sha256 and self._is_there(invoice_id, sha256, own_id):
            return Proven((invoice_id,))
        md5, found = self._digests(Path(file.path), file.look)
        if ids := self._held.made_of(found) or self._found(found):
            return Proven(ids)
        known = self._kanbert.check_duplicate(sent_md5 if sent_md5 and found == sha256 else md5)
        if not known.known:
            return Absent()
        if self._held.is_all_of_others(known, found):
            return Unproven("Kanbert has another document with the same MD5.")
        return Proven(tuple(one.id for one in known.duplicates))

    def _is_there(self, invoice_id: str, sha256: str, own_id: str) -> bool:
        """Whether there is this invoice, and nothing says that it was made of something else.

        A Kanbert that was reset, or another one, gives the ids anew.
        """
        if own_id and self.own_ids.invoice(own_id) == invoice_id:
            return True
        # a ValueError: what the ledger has is no id
        with contextlib.suppress(NotFound, ValueError):
            found = self._kanbert.get(invoice_id)
            if found.id != invoice_id:
                raise OutcomeUnknown(
                    f"It is not known whether there is an invoice {invoice_id}: "
                    "Kanbert answered with another one"
                )
            if own_id:
                return found.external_id == own_id
            return content_of(found.external_id) in {"", sha256}  # empty: made by somebody else
        return False

    def _found(self, sha256: str) -> tuple[str, ...]:
        for external_id in ids_of(sha256):
            if invoice := self._kanbert.find(external_id):
                return (invoice.id,)
        return ()
