"""The e-invoice embedded in a PDF, or beside it, read in a process of its own.

Reader ──document──▶ child (see `ingestd.isolation`): attachments ──XML──▶ read_xml
▲                                        │
└──────────── Reading ◀──────JSON────────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.describe.embedded.reader import Reader
    from ingestd.describe.embedded.reading import Reading
else:  # the child needs neither
    __getattr__ = lazily(__name__, {"reader": "Reader", "reading": "Reading"})

__all__ = ["Reader", "Reading"]
