"""Sample invoices, for a sandbox that is not to start empty."""

from __future__ import annotations

from ingestd.sandbox.drafts import draft
from ingestd.sandbox.store import Store
from ingestd.sandbox.upload import Upload


def add_samples(store: Store, count: int) -> None:
    """Store invoices as if that many files had been uploaded and read; always the same ones."""
    for number in range(1, count + 1):
        upload = Upload(f"sample-{number}.pdf")
        upload.add(b"%%PDF-1.4 sample %d" % number)
        store.add(*draft({"file": upload}))
