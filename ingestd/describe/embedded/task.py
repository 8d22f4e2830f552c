"""Reading e-invoices, as a child's task."""

from __future__ import annotations

from ingestd.describe.embedded.answering import Mapper, answer_to
from ingestd.describe.embedded.rehearsal import rehearse

EXTRA = "einvoice"


class EInvoiceTask:
    """Read one document after the other with the same mapper."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper

    def rehearse(self) -> None:
        """Read a PDF with an attachment; see `rehearsal`."""
        rehearse(self._mapper)

    def __call__(self, document: bytes, wanted: str) -> bytes:  # noqa: ARG002 - always the same
        """Read a document; see `answering.answer_to`."""
        return answer_to(document, self._mapper)


def task(module: str) -> EInvoiceTask:
    """Make the task of reading with a module's `read_xml`."""
    return EInvoiceTask(Mapper.of(module))
