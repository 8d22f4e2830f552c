"""What is to be reconciled, and what is found: missing in Kanbert, or missing under `done/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be reconciled, and how."""

    account: str
    inbox: str | None = None
    """None: all that deliver to the account."""
    since: datetime | None = None
    """Only files changed or put there since then, and invoices created since."""
    fix: bool = False
    """Put files without an invoice back into their inbox."""
    sure: bool = False
    """Put them back also where Kanbert has not one of them."""


@dataclass(slots=True)
class Counts:
    """How much there was, as far as it has come."""

    invoices: int = 0
    """That an ingestd made, in Kanbert."""
    files: int = 0
    proven: int = 0


@dataclass(frozen=True, slots=True)
class MissingInvoice:
    """A file under `done/` that Kanbert has no invoice of."""

    inbox: str
    path: str
    back_at: str = ""
    """Where it was put back to; empty: it was not."""
    error: str = ""
    """Why it could not be put back."""


@dataclass(frozen=True, slots=True)
class NotProven:
    """A file, or a folder of files, of which it is not known whether Kanbert has it."""

    inbox: str
    path: str
    error: str


@dataclass(frozen=True, slots=True)
class MissingFile:
    """An invoice of ours in Kanbert that no file under `done/` is the document of."""

    account: str
    invoice_id: str
    title: str
    external_id: str
    created_at: datetime | None


Finding = MissingInvoice | NotProven | MissingFile
