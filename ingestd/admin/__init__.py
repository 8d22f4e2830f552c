"""What an operator asks for beside running it: the overview, a search, retry, reconcile, doctor.

Nothing here prints or exits: commands do, and the status page.
"""

from __future__ import annotations

from ingestd.admin.folders import failed_documents, rules_of
from ingestd.admin.overview import AccountOverview, InboxOverview, Overview, overview

__all__ = [
    "AccountOverview",
    "InboxOverview",
    "Overview",
    "failed_documents",
    "overview",
    "rules_of",
]
