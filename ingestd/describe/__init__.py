"""What is known of a document before anybody read it: the fields that are sent with it."""

from __future__ import annotations

from ingestd.describe.apart import SearchApart
from ingestd.describe.known import Known, Unread, together
from ingestd.describe.pattern import NamePattern
from ingestd.describe.reading import READERS
from ingestd.describe.rules import Rules, describe

__all__ = [
    "READERS",
    "Known",
    "NamePattern",
    "Rules",
    "SearchApart",
    "Unread",
    "describe",
    "together",
]
