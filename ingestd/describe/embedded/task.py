"""Reading e-invoices, as a child's task."""

from __future__ import annotations

from ingestd.describe.embedded.answering import Mapper, answer_to, answer_to_xml
from ingestd.describe.embedded.rehearsal import rehearse

EXTRA = "einvoice"
AS_XML = "xml"
"""Wanted of a document that is the e-invoice itself."""


class EInvoiceTask:
    """Read one document after the other with the same mapper."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper

    def rehearse(self) -> None:
        """Read a PDF with an attachment; see `rehearsal`."""
        rehearse(self._mapper)

    def __call__(self, document: bytes, wanted: str) -> bytes:
        """Read a document, or an XML if that is what it is wanted as; see `answering`."""
        read = answer_to_xml if wanted == AS_XML else answer_to
        return read(document, self._mapper)


def task(module: str) -> EInvoiceTask:
    """Make the task of reading with a module's `read_xml`."""
    return EInvoiceTask(Mapper.of(module))
