"""What an operator asks for beside running it: the overview, a search, retry, reconcile, doctor.

Nothing here prints or exits: commands do, and the status page.
"""

from __future__ import annotations

from ingestd.admin.findings import Counts, Finding, MissingFile, MissingInvoice, NotProven, Wanted
from ingestd.admin.folders import failed_documents, rules_of
from ingestd.admin.overview import AccountOverview, InboxOverview, Overview, overview
from ingestd.admin.proofs import Proofs
from ingestd.admin.reconcile import Reconciliation
from ingestd.admin.retry import Failed, failed_in, named, put_back

__all__ = [
    "AccountOverview",
    "Counts",
    "Failed",
    "Finding",
    "InboxOverview",
    "MissingFile",
    "MissingInvoice",
    "NotProven",
    "Overview",
    "Proofs",
    "Reconciliation",
    "Wanted",
    "failed_documents",
    "failed_in",
    "named",
    "overview",
    "put_back",
    "rules_of",
]
