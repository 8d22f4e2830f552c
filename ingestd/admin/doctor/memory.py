"""The ledger: can it be read, and what does it remember of our folders?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingestd.admin.doctor.finding import Finding, ok
from ingestd.intake import Remembered
from ingestd.ledger import Reading

Recall = Callable[[Reading, str, Path], Remembered | None]
"""Finds what is remembered of a folder by its name and its path."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the ledger remembers."""

    documents: int | None = None
    """None where no ledger was begun yet."""
    folders: Mapping[str, Remembered | None] = field(default_factory=dict)
    """By the names that the ledger has for them."""


def look_into(
    open_it: Callable[[], Reading | None], folders: Mapping[str, Path], recall: Recall
) -> Memory:
    """Read what the ledger remembers.

    :param folders: by the names that the ledger has for them.
    :raises LedgerUnusable: if it cannot be read.
    :raises SettingsError: if there is none by its address, or its driver is missing.
    """
    ledger = open_it()
    if ledger is None:
        return Memory()
    try:
        known = {name: recall(ledger, name, path) for name, path in folders.items()}
        return Memory(ledger.number(), known)
    finally:
        ledger.close()


def of_memory(memory: Memory) -> Finding:
    """Say what the ledger holds."""
    if memory.documents is None:
        return ok("ledger", "None was begun yet; the first start does.")
    documents = f"{memory.documents:,} document{'' if memory.documents == 1 else 's'}"
    return ok("ledger", f"It can be read and remembers {documents}.")
