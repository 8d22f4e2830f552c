"""What may happen, and one who goes through it as the daemon does."""

from __future__ import annotations

from collections.abc import Mapping

from ingestd.observe.notify.heard import Heard, Over, Remark, Trouble
from ingestd.observe.notify.notices import Notices
from ingestd.observe.notify.pace import Pace

PACE = Pace(bundle=600.0, patience=300.0, gathering=5.0, settling=60.0)

WRONG = Trouble("account.paused", "main", "wrong token")
OTHER = Trouble("account.paused", "other", "wrong token")
OUTAGE = Trouble("account.paused", "main", "503", passes=True)
BACK = Over("account.paused", "main")
AWAY = Trouble("inbox.unavailable", "scanner", "not mounted", passes=True)
HERE = Over("inbox.unavailable", "scanner")
SUSPECT = Trouble("setting.suspect", "scanner", "no such supplier")


def failed(name: str) -> Remark:
    return Remark("document.failed", "scanner", name, "not a PDF")


def stuck(name: str) -> Remark:
    return Remark("document.deferred", "scanner", name, "may not be read", "chmod", passes=True)


Told = list[tuple[float, str]]


def told_by(notices: Notices, story: Mapping[float, Heard], until: float) -> Told:
    """The titles of all messages and when each was sent, by one who wakes up when it is time."""
    left, told, now = sorted(story), [], 0.0
    while now <= until:
        while left and left[0] <= now:
            notices.hear(story[left.pop(0)], now)
        told += [(now, message.title) for message in notices.due(now)]
        due = notices.next_due()
        now = min([until + 1, *left[:1], *([] if due is None else [due])])
    return told
