"""It is seen: the log, and how the daemon stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.observe.audience import Audience, Listener
    from ingestd.observe.counts import Counts
    from ingestd.observe.escaping import printable
    from ingestd.observe.health import Liveness, readiness
    from ingestd.observe.logs import LEVELS, Log, forward_libraries, open_log
    from ingestd.observe.metrics import Metrics
    from ingestd.observe.now import AccountNow, InboxNow, Now
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
    from ingestd.observe.textfile import write_textfile
else:
    __getattr__ = lazily(
        __name__,
        {
            "audience": "Audience Listener",
            "counts": "Counts",
            "escaping": "printable",
            "health": "Liveness readiness",
            "logs": "LEVELS Log forward_libraries open_log",
            "metrics": "Metrics",
            "now": "AccountNow InboxNow Now",
            "report": "LOCK MOST_DOCUMENTS AccountReport DocumentReport InboxReport Report "
            "read_report write_report",
            "textfile": "write_textfile",
        },
    )

__all__ = [
    "LEVELS",
    "LOCK",
    "MOST_DOCUMENTS",
    "AccountNow",
    "AccountReport",
    "Audience",
    "Counts",
    "DocumentReport",
    "InboxNow",
    "InboxReport",
    "Listener",
    "Liveness",
    "Log",
    "Metrics",
    "Now",
    "Report",
    "forward_libraries",
    "open_log",
    "printable",
    "read_report",
    "readiness",
    "write_report",
    "write_textfile",
]
