"""It is seen: the log."""

from __future__ import annotations

from ingestd.observe.logs import LEVELS, Log, forward_libraries, open_log, printable

__all__ = ["LEVELS", "Log", "forward_libraries", "open_log", "printable"]
