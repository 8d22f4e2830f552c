"""It is remembered: what happened to every document, when, and which invoice it became."""

from __future__ import annotations

from ingestd.ledger.opening import open_ledger, open_to_read
from ingestd.ledger.store import KnownInbox, Ledger

__all__ = ["KnownInbox", "Ledger", "open_ledger", "open_to_read"]
