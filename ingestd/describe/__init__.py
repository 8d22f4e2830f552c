"""What is known of a document before anybody read it: the fields that are sent with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.describe.apart import SearchApart
    from ingestd.describe.embedded import Reader
    from ingestd.describe.inside import EInvoices
    from ingestd.describe.known import Known, Unread, together
    from ingestd.describe.pattern import NamePattern
    from ingestd.describe.reading import READERS
    from ingestd.describe.rules import Rules, describe
    from ingestd.describe.sidecar import LARGEST_SIDECAR, alone, said_in
else:  # the process that reads e-invoices needs next to nothing of it
    __getattr__ = lazily(
        __name__,
        {
            "apart": "SearchApart",
            "inside": "EInvoices",
            "embedded": "Reader",
            "known": "Known Unread together",
            "pattern": "NamePattern",
            "reading": "READERS",
            "rules": "Rules describe",
            "sidecar": "LARGEST_SIDECAR alone said_in",
        },
    )

__all__ = [
    "LARGEST_SIDECAR",
    "READERS",
    "EInvoices",
    "Known",
    "NamePattern",
    "Reader",
    "Rules",
    "SearchApart",
    "Unread",
    "alone",
    "describe",
    "said_in",
    "together",
]
