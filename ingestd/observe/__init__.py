"""It is seen: the log, and how the daemon stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.observe.audience import Audience, Listener
    from ingestd.observe.counts import Counts
    from ingestd.observe.escaping import printable
    from ingestd.observe.logs import LEVELS, Log, forward_libraries, open_log
    from ingestd.observe.report import (
        LOCK,
        MOST_DOCUMENTS,
        AccountReport,
        DocumentReport,
        InboxReport,
        Report,
        read_report,
        write_report,
    )
else:
    __getattr__ = lazily(
        __name__,
        {
            "audience": "Audience Listener",
            "counts": "Counts",
            "escaping": "printable",
            "logs": "LEVELS Log forward_libraries open_log",
            "report": "LOCK MOST_DOCUMENTS AccountReport DocumentReport InboxReport Report "
            "read_report write_report",
        },
    )

__all__ = [
    "LEVELS",
    "LOCK",
    "MOST_DOCUMENTS",
    "AccountReport",
    "Audience",
    "Counts",
    "DocumentReport",
    "InboxReport",
    "Listener",
    "Log",
    "Report",
    "forward_libraries",
    "open_log",
    "printable",
    "read_report",
    "write_report",
]
