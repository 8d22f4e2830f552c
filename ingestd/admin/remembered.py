"""What the ledger remembers of the files under `done/` and of the invoices they became."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from stat import S_ISREG
from typing import NamedTuple

from ingestd.admin.proof import Listed
from ingestd.identity import AT_KANBERT, content_of
from ingestd.ledger import Delivery, Reading
from ingestd.model import ENDS, Outcome, State


class Filed(NamedTuple):
    """What is remembered of one file; of a hundred thousand, so not much."""

    account: str
    inbox: str
    name: str
    """Relative to the inbox, as it was found there."""
    size: int | None
    sha256: str
    sent_md5: str
    """Of the smaller copy that was sent in its place; empty: there is none."""
    invoice_id: str
    own_id: str
    """The external_id that its sender gave its invoice; empty: none, or it was another's."""
    filed_at: datetime

    @property
    def proven_by(self) -> tuple[str, str, str, str]:
        """What `Prover.prove` goes by."""
        return self.invoice_id, self.sha256, self.sent_md5, self.own_id


def filed_in(ledger: Reading | None) -> dict[str, Filed]:
    """Every file that was put away, by its path; the last one, where several had the same path."""
    filed: dict[str, Filed] = {}
    for one in ledger.deliveries() if ledger else ():
        if one.state is State.FILED and one.outcome in AT_KANBERT:
            before = filed.get(one.destination)
            if before is None or before.filed_at < one.updated_at:
                filed[one.destination] = Filed(
                    one.account,
                    one.inbox,
                    one.name,
                    one.size,
                    one.sha256,
                    one.sent_md5,
                    one.invoice_id,
                    _own_id(one),
                    one.updated_at,
                )
    return filed


def own_ids(filed: Mapping[str, Filed], account: str, since: datetime | None) -> Iterator[str]:
    """The external_ids that senders gave the invoices of an account's files.

    :param since: only of those that were put away then or later; None: of all.
    """
    for one in filed.values():
        if one.own_id and one.account == account and (since is None or one.filed_at >= since):
            yield one.own_id


def _own_id(document: Delivery) -> str:
    ours = document.outcome is not Outcome.DELIVERED or content_of(document.external_id)
    return "" if ours else document.external_id


def without_file(
    invoices: Mapping[str, Listed],
    ledger: Reading | None,
    *,
    inbox: str | None,
    concerns: Callable[[str], bool],
) -> dict[str, Listed]:
    """Those of the invoices, by id, that have no file and no document that is still on its way.

    The ledger is read anew: a daemon may have put documents away since it was read last.

    :param invoices: those that no file was found of.
    :param inbox: only what the ledger knows to be of this inbox; None: of any, known or not.
    :param concerns: whether the documents of an account can be those of these invoices.
    """
    left, of_inbox = dict(invoices), set[str]()
    by_external_id = {listed.external_id: id_ for id_, listed in invoices.items()}
    for one in ledger.deliveries() if ledger else ():
        id_ = one.invoice_id
        if id_ not in invoices or not invoices[id_].is_of(one.sha256):
            id_ = by_external_id.get(one.external_id, "")
        if not id_ or not concerns(one.account):
            continue
        if one.inbox == inbox:
            of_inbox.add(id_)
        if one.state not in ENDS or _lies_there(one):
            left.pop(id_, None)
    return {id_: left[id_] for id_ in left if inbox is None or id_ in of_inbox}


def _lies_there(document: Delivery) -> bool:
    if document.outcome not in AT_KANBERT or not document.destination:
        return False
    try:
        found = os.lstat(document.destination)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # at least it is not known to be gone
    return S_ISREG(found.st_mode) and found.st_size == document.size
