"""Work on what strangers wrote is done in a process of its own, so that it can hurt no other.

    Isolated ──document──▶ Child ═══socket═══ child.py: a module's task
       ▲                                         │
       └──────────────── answer ◀────────────────┘

The process is held by the kernel's limits: memory, wall and processor time for each document, and
no file, socket or program that it could open or start once it is ready (see `confinement`). What it
answers is taken for anybody's text. It is no jail against a parser that has been taken over
entirely: it runs as the same user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.isolation.isolated import Isolated, Limits, NotStarted, Unanswered
else:  # the child needs none of them
    __getattr__ = lazily(__name__, {"isolated": "Isolated Limits NotStarted Unanswered"})

__all__ = ["Isolated", "Limits", "NotStarted", "Unanswered"]
