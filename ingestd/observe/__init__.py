"""It is seen: the log, and how the daemon stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.observe.audience import Audience, Listener
    from ingestd.observe.escaping import printable
    from ingestd.observe.heartbeat import Heartbeat
    from ingestd.observe.journal import is_journal, with_level
    from ingestd.observe.logs import LEVELS, Log, forward_libraries, open_log
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
else:
    __getattr__ = lazily(
        __name__,
        {
            "audience": "Audience Listener",
            "escaping": "printable",
            "heartbeat": "Heartbeat",
            "journal": "is_journal with_level",
            "logs": "LEVELS Log forward_libraries open_log",
            "report": "LOCK MOST_DOCUMENTS AccountReport DocumentReport InboxReport Report "
            "SettingsReport forget_report read_report write_report",
            "systemd": "Systemd",
        },
    )

__all__ = [
    "LEVELS",
    "LOCK",
    "MOST_DOCUMENTS",
    "AccountReport",
    "Audience",
    "DocumentReport",
    "Heartbeat",
    "InboxReport",
    "Listener",
    "Log",
    "Report",
    "SettingsReport",
    "Systemd",
    "forget_report",
    "forward_libraries",
    "is_journal",
    "open_log",
    "printable",
    "read_report",
    "with_level",
    "write_report",
]
