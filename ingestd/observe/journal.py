"""The journal of systemd: lines that carry their level (sd-daemon(3)).

It takes every line of standard error for as important as any other, unless it begins with the
level in syslog's numbers, which it takes off.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3}


class Stream(Protocol):
    """What may lead to the journal."""

    def fileno(self) -> int:
        """The number of its file."""


def is_journal(stream: Stream, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream leads straight to the journal (systemd.exec(5), `$JOURNAL_STREAM`).

    The variable alone says little: it is inherited, and the stream may have been redirected since.
    """
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):  # no file, or closed
        return False
    return environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def with_level(text: str, level: str) -> str:
    """A text with its level in front of each of its lines."""
    mark = f"<{_PRIORITY.get(level, 3)}>"
    return "\n".join(mark + line for line in text.split("\n"))
