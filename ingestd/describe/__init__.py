"""What is known of a document before anybody read it: the fields that are sent with it."""

from __future__ import annotations

from ingestd.describe.known import Known, Unread, together
from ingestd.describe.rules import Rules, describe

__all__ = [
    "Known",
    "Rules",
    "Unread",
    "describe",
    "together",
]
