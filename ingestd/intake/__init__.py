"""A file arrives: it is seen, waited for until its writer is done, claimed, and read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.intake.arrivals import Arrivals
    from ingestd.intake.claim import Workplace
    from ingestd.intake.comparison import digests, same_bytes, still_holds, unchanged
    from ingestd.intake.folder import opened
    from ingestd.intake.guard import Guard, is_marked
    from ingestd.intake.inbox import Inbox, Intake
    from ingestd.intake.inspection import Content, inspect, read_sidecar
    from ingestd.intake.listing import Rules, excluded, list_inbox, takes
    from ingestd.intake.marked import Marked
    from ingestd.intake.marker import (
        Foreign,
        Judgement,
        MarkNew,
        NotMounted,
        Ours,
        Remembered,
        Renewed,
        judge,
        read_marker,
    )
    from ingestd.intake.mounts import Mount, mount_behind, mounts_below, needs_polling
    from ingestd.intake.settle import Hurry, Look, Patience
    from ingestd.intake.sightings import Candidate
    from ingestd.intake.stamps import WallClock
else:
    __getattr__ = lazily(
        __name__,
        {
            "arrivals": "Arrivals",
            "claim": "Workplace",
            "comparison": "digests same_bytes still_holds unchanged",
            "folder": "opened",
            "guard": "Guard is_marked",
            "inbox": "Inbox Intake",
            "inspection": "Content inspect read_sidecar",
            "listing": "Rules excluded list_inbox takes",
            "marked": "Marked",
            "marker": "Foreign Judgement MarkNew NotMounted Ours "
            "Remembered Renewed judge read_marker",
            "mounts": "Mount mount_behind mounts_below needs_polling",
            "settle": "Hurry Look Patience",
            "sightings": "Candidate",
            "stamps": "WallClock",
        },
    )

__all__ = [
    "Arrivals",
    "Candidate",
    "Content",
    "Foreign",
    "Guard",
    "Hurry",
    "Inbox",
    "Intake",
    "Judgement",
    "Look",
    "MarkNew",
    "Marked",
    "Mount",
    "NotMounted",
    "Ours",
    "Patience",
    "Remembered",
    "Renewed",
    "Rules",
    "WallClock",
    "Workplace",
    "digests",
    "excluded",
    "inspect",
    "is_marked",
    "judge",
    "list_inbox",
    "mount_behind",
    "mounts_below",
    "needs_polling",
    "opened",
    "read_marker",
    "read_sidecar",
    "same_bytes",
    "still_holds",
    "takes",
    "unchanged",
]
