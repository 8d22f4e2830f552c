"""What an operator asks for beside running it: the overview, a search, retry, reconcile, doctor.

Nothing here prints or exits: commands do, and the status page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.admin.findings import (
        Counts,
        Finding,
        MissingFile,
        MissingInvoice,
        NotProven,
        Wanted,
    )
    from ingestd.admin.fixing import NotOneThere
    from ingestd.admin.folders import failed_documents
    from ingestd.admin.missing import missing_in
    from ingestd.admin.overview import AccountOverview, InboxOverview, Overview, overview_of
    from ingestd.admin.proofs import Proofs
    from ingestd.admin.reconcile import Reconciliation
    from ingestd.admin.reloading import ask_to_reload
    from ingestd.admin.retry import (
        Failed,
        failed_in,
        named,
        put_back,
        require_failed_in,
        require_put_back,
    )
    from ingestd.admin.taking import rules_of
else:
    __getattr__ = lazily(
        __name__,
        {
            "findings": "Counts Finding MissingFile MissingInvoice NotProven Wanted",
            "fixing": "NotOneThere",
            "folders": "failed_documents",
            "missing": "missing_in",
            "overview": "AccountOverview InboxOverview Overview overview_of",
            "proofs": "Proofs",
            "reconcile": "Reconciliation",
            "reloading": "ask_to_reload",
            "retry": "Failed failed_in named put_back require_failed_in require_put_back",
            "taking": "rules_of",
        },
    )

__all__ = [
    "AccountOverview",
    "Counts",
    "Failed",
    "Finding",
    "InboxOverview",
    "MissingFile",
    "MissingInvoice",
    "NotOneThere",
    "NotProven",
    "Overview",
    "Proofs",
    "Reconciliation",
    "Wanted",
    "ask_to_reload",
    "failed_documents",
    "failed_in",
    "missing_in",
    "named",
    "overview_of",
    "put_back",
    "require_failed_in",
    "require_put_back",
    "rules_of",
]
