"""It is seen: the log, and how the daemon stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.observe.audience import Audience, Listener
    from ingestd.observe.counts import Counts
    from ingestd.observe.escaping import printable
    from ingestd.observe.health import Liveness, readiness
    from ingestd.observe.heartbeat_file import HeartbeatFile
    from ingestd.observe.journal import is_journal, with_level
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
        SettingsReport,
        forget_report,
        read_report,
        write_report,
    )
    from ingestd.observe.systemd import Systemd
    from ingestd.observe.textfile import write_textfile
else:
    __getattr__ = lazily(
        __name__,
        {
            "audience": "Audience Listener",
            "counts": "Counts",
            "escaping": "printable",
            "heartbeat_file": "HeartbeatFile",
            "journal": "is_journal with_level",
            "health": "Liveness readiness",
            "logs": "LEVELS Log forward_libraries open_log",
            "metrics": "Metrics",
            "now": "AccountNow InboxNow Now",
            "report": "LOCK MOST_DOCUMENTS AccountReport DocumentReport InboxReport Report "
            "SettingsReport forget_report read_report write_report",
            "systemd": "Systemd",
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
    "HeartbeatFile",
    "InboxNow",
    "InboxReport",
    "Listener",
    "Liveness",
    "Log",
    "Metrics",
    "Now",
    "Report",
    "SettingsReport",
    "Systemd",
    "forget_report",
    "forward_libraries",
    "is_journal",
    "open_log",
    "printable",
    "read_report",
    "readiness",
    "with_level",
    "write_report",
    "write_textfile",
]
