"""A document is put away: never over another, and with its reason beside it where it failed."""

from __future__ import annotations

from ingestd.filing.cabinet import Cabinet, lay_reason
from ingestd.filing.moving import bring_after, move_anywhere, part_name
from ingestd.filing.reason import SUFFIX, reason_text

__all__ = [
    "SUFFIX",
    "Cabinet",
    "bring_after",
    "lay_reason",
    "move_anywhere",
    "part_name",
    "reason_text",
]
