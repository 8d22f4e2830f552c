"""The doctor: checks everything that ingestd needs, says how it stands and what to do.

Each check looks (`look_…`, in threads where it may hang) and then judges what was seen (`of_…`,
functions of values). Nothing is changed by it, and nothing left anywhere.
"""

from __future__ import annotations

from ingestd.admin.doctor.examination import Around, examine, examine_machine
from ingestd.admin.doctor.finding import Finding, Level, refused, worst
from ingestd.admin.doctor.programs import installed, versions

__all__ = [
    "Around",
    "Finding",
    "Level",
    "examine",
    "examine_machine",
    "installed",
    "refused",
    "versions",
    "worst",
]
