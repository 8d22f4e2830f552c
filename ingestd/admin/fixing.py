"""Putting files back into their inbox, once it is known which of all have no invoice."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.done import DoneFile
from ingestd.admin.findings import MissingInvoice
from ingestd.admin.returning import put_into
from ingestd.config import Inbox
from ingestd.errors import IngestdError
from ingestd.intake import Look

FEW = 3
"""Files without an invoice that arouse no suspicion, although there are no others."""


class NotOneThere(IngestdError):
    """Kanbert has not one of the documents: it may be another account's, or an emptied one."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that Kanbert has no invoice of."""

    file: DoneFile
    inbox: str
    folder: Inbox
    own_name: str
    """What it was called in its inbox."""

    def left(self) -> MissingInvoice:
        """What is told of it where it stays."""
        return MissingInvoice(self.inbox, self.file.path)


def put_back_all(missing: Sequence[Missing], *, trusted: bool) -> Iterator[MissingInvoice]:
    """Put files back into their inboxes, and yield what became of each.

    :param trusted: whether Kanbert is known to be the one that they were delivered to.
    :raises NotOneThere: if it is not, and they are more than a few; nothing was put back then.
    """
    if len(missing) > FEW and not trusted:
        yield from (one.left() for one in missing)
        raise NotOneThere(
            f"Kanbert has not one of the {len(missing):,} documents that were delivered; is this "
            "the right account?",
            hint="Nothing was put back. Look at base_url and the token; with --yes they are put "
            "back all the same.",
        )
    for one in missing:
        yield from _put_back(one)


def _put_back(one: Missing) -> Iterator[MissingInvoice]:
    path = one.file.path
    try:
        if Look.of(os.lstat(path)) == one.file.look:
            back_at = put_into(one.folder, Path(path), one.own_name)
            yield MissingInvoice(one.inbox, path, back_at=str(back_at))
    except FileNotFoundError:
        return
    except IngestdError as error:
        yield MissingInvoice(one.inbox, path, error=f"{error} {error.hint}".strip())
