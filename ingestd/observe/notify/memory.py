"""What people were told is wrong, in a file: the next process tells them that it is over."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ingestd.observe.notify.heard import Trouble

NAME = "told.json"
"""In the state folder."""


class Memory:
    """One such file."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / NAME
        self._written: Sequence[Trouble] | None = None

    def read(self) -> list[Trouble]:
        """What was told; nothing where there is no file, or none that can be understood."""
        try:
            return [Trouble(**one) for one in json.loads(self._path.read_bytes())]
        except (OSError, ValueError, TypeError):
            return []

    def write(self, told: Sequence[Trouble]) -> None:
        """Replace what was told, where that is another; without a word where it cannot be."""
        if told == (self.read() if self._written is None else self._written):
            return
        self._written = list(told)
        draft = self._path.with_suffix(".tmp")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps([asdict(one) for one in told]), encoding="utf-8")
            draft.replace(self._path)
