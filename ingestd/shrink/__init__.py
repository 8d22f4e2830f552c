"""A PDF that is too large is made to fit: its images take less, and nothing else of it changes.

    Shrinker ──document──▶ child (see `ingestd.isolation`): opened, drawn, step by step
       ▲                                                                         │
       └────────────── smaller copy, or why there is none ◀──────────────────────┘

Only the child imports pikepdf and Pillow, which belong to an extra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.shrink.answers import Shrunk
    from ingestd.shrink.shrinker import Shrinker, missing
else:  # the child needs neither
    __getattr__ = lazily(__name__, {"answers": "Shrunk", "shrinker": "Shrinker missing"})

__all__ = ["Shrinker", "Shrunk", "missing"]
