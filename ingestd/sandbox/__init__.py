"""A local Kanbert: the seven operations of its API over SQLite, with misbehaviour to order.

It imports nothing of the rest of ingestd, so that it cannot inherit our mistakes.
"""

from __future__ import annotations

from ingestd.sandbox.app import Sandbox, create_app
from ingestd.sandbox.auth import ALL_SCOPES, READ, WRITE, WRITE_BOOKINGS
from ingestd.sandbox.faults import Fault, Faults, Kind
from ingestd.sandbox.journal import Entry, Journal
from ingestd.sandbox.records import NewBooking, NewInvoice, StoredBooking, StoredInvoice, VatLine
from ingestd.sandbox.samples import add_samples
from ingestd.sandbox.seeds import CHART_OF_ACCOUNTS, ME, PAYMENT_ACCOUNTS, SUPPLIERS, USERS
from ingestd.sandbox.server import Server
from ingestd.sandbox.store import ExternalIdTaken, Store

__all__ = [
    "ALL_SCOPES",
    "CHART_OF_ACCOUNTS",
    "ME",
    "PAYMENT_ACCOUNTS",
    "READ",
    "SUPPLIERS",
    "USERS",
    "WRITE",
    "WRITE_BOOKINGS",
    "Entry",
    "ExternalIdTaken",
    "Fault",
    "Faults",
    "Journal",
    "Kind",
    "NewBooking",
    "NewInvoice",
    "Sandbox",
    "Server",
    "Store",
    "StoredBooking",
    "StoredInvoice",
    "VatLine",
    "add_samples",
    "create_app",
]
