"""What is inside a document is read in a process of its own, so that it can hurt no other.

    Reader ──document──▶ Child ═══socket═══ child.py: attachments ──XML──▶ read_xml
      ▲                                        │
      └──────────── Reading ◀──────JSON────────┘

The process is held by the kernel's limits: memory, wall time for each document, and no file,
socket or program that it could open or start once it is ready (see `confinement`). What it
answers is taken for anybody's text. It is no jail against a parser that has been taken over
entirely: it runs as the same user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.describe.isolation.reader import Reader
    from ingestd.describe.isolation.reading import Reading
else:  # the child needs neither
    __getattr__ = lazily(__name__, {"reader": "Reader", "reading": "Reading"})

__all__ = ["Reader", "Reading"]
