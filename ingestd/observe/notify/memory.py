"""What people were told, in a file: the next process tells them when it is over.

Nor does it repeat itself there, however often a supervisor starts it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ingestd.observe.notify.heard import Trouble
from ingestd.observe.notify.message import ENDS

NAME = "told.json"
"""In the state folder."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told."""

    troubles: tuple[Trouble, ...] = ()
    """Those that people take for lasting."""
    sent: Mapping[str, float] = field(default_factory=dict)
    """When a message of each kind was sent last, in seconds since the epoch."""


class Memory:
    """One such file."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / NAME

    def read(self) -> Told:
        """What was told; nothing where there is no file, or none that can be understood.

        What a newer ingestd told of is left out.
        """
        try:
            found = json.loads(self._path.read_bytes())
            troubles = tuple(Trouble(**one) for one in found["troubles"] if one["kind"] in ENDS)
            return Told(troubles, {kind: float(at) for kind, at in found["sent"].items()})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Told()

    def write(self, told: Told) -> None:
        """Replace what was told; without a word where it cannot be."""
        draft = self._path.with_suffix(".tmp")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps(asdict(told)), encoding="utf-8")
            draft.replace(self._path)
