"""It is remembered: what happened to every document, when, and which invoice it became."""

from __future__ import annotations

from ingestd.ledger.opening import open_ledger, open_to_read
from ingestd.ledger.reading import Delivery, KnownInbox, Reading
from ingestd.ledger.search import Wanted
from ingestd.ledger.store import Ledger

__all__ = ["Delivery", "KnownInbox", "Ledger", "Reading", "Wanted", "open_ledger", "open_to_read"]
