"""What a child does: a module by its dotted name, of which it knows no more than this."""

from __future__ import annotations

import importlib
from typing import Protocol


class Task(Protocol):
    """What is done with one document after the other."""

    def rehearse(self) -> None:
        """Do all of it once, with a document made for this.

        :raises ImportError: what it needs is not installed.
        :raises Exception: it cannot be done here, or comes to something else.
        """

    def __call__(self, document: bytes, wanted: str) -> bytes:
        """Answer to a document.

        :param wanted: what the parent says beside it.
        :raises MemoryError: the process is worth nothing any more.
        """


class Module(Protocol):
    """Where a task comes from. Importing it takes nothing but what ingestd itself needs."""

    EXTRA: str
    """What ingestd is to be installed with for it."""

    def task(self, *arguments: str) -> Task:
        """Make the task."""


def module_of(name: str) -> Module:
    """Import a task's module."""
    module: Module = importlib.import_module(name)
    return module
