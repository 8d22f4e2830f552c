"""What is dropped, and how much of it has to be there however the power goes."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

from ingestd.cli.samples import pdf
from ingestd.storing import fsync_folder

LARGEST = 300_000
"""Bytes that are sent of a document; what has more fails."""
_PADDING = (0, 2_000, 20_000, 200_000)
AGAIN = 0.1
"""Share of the documents that were dropped before."""


class Dropped:
    """The contents of all documents, and what is known of their files."""

    def __init__(self, inbox: Path, dice: random.Random) -> None:
        self._inbox, self._dice = inbox, dice
        self._number = 0
        self.invoices: set[bytes] = set()
        self.others: set[bytes] = set()
        """What becomes no invoice: letters, what is too large, or has a sidecar that is broken."""
        self.sidecars: dict[bytes, bytes] = {}
        """By what their document holds."""
        self.lasting: Counter[bytes] = Counter()
        """Files that a power cut cannot take, by their content."""
        self.fleeting: Counter[bytes] = Counter()

    def drop(self, *, lasting: bool) -> None:
        """Drop a document: written through to the disk, or as most programs do it."""
        content, sidecar = self._content()
        self._number += 1
        name = f"scan {self._number:05}"
        if sidecar:
            self.sidecars[content] = sidecar
            self._store(f"{name}.toml", sidecar, lasting=True)
        self.fleeting[content] += 1
        self._store(f"{name}.pdf", content, lasting=lasting)
        if lasting:
            self.fleeting[content] -= 1
            self.lasting[content] += 1

    def _content(self) -> tuple[bytes, bytes]:
        """A document, and its sidecar; empty: it has none."""
        dice, unique = self._dice, f"{self._dice.random()}"
        before = sorted(self.lasting.keys() - self.sidecars.keys())
        if before and dice.random() < AGAIN:
            return dice.choice(before), b""
        padding = b"%% %s\n" % dice.randbytes(dice.choice(_PADDING) // 2).hex().encode()
        invoice, letter = pdf(f"Invoice {unique}", padding=padding), f"A letter, {unique}".encode()
        kind = dice.choices(["invoice", "letter", "large", "noted", "broken"], [12, 2, 1, 2, 1])[0]
        content, sidecar = {
            "invoice": (invoice, b""),
            "letter": (letter, b""),
            "large": (pdf(unique, padding=padding + b"%% %s\n" % (b"x" * LARGEST)), b""),
            "noted": (invoice, f'notes = "{unique}"\n'.encode()),
            "broken": (invoice, f"notes = [ # {unique}\n".encode()),
        }[kind]
        (self.invoices if kind in {"invoice", "noted"} else self.others).add(content)
        return content, sidecar

    def _store(self, name: str, content: bytes, *, lasting: bool) -> None:
        draft = self._inbox / f".{name}.tmp"
        with draft.open("wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        draft.rename(self._inbox / name)
        if lasting:
            fsync_folder(self._inbox)

    def is_there(self, files: dict[bytes, int]) -> None:
        """After a cut: what is on the disk now stays, also what was cut short."""
        self.lasting, self.fleeting = Counter(files), Counter()
        self.others |= files.keys() - self.invoices
