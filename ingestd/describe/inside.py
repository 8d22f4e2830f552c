"""What the e-invoice inside a document, or beside it, says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ingestd.describe.embedded import Reading
from ingestd.describe.known import Known, Unread

SOURCE = "e-invoice"


@dataclass(frozen=True, slots=True)
class EInvoices:
    """How the e-invoices of an inbox are read."""

    read: Callable[[bytes], Reading]
    """Reads what is inside a PDF; never raises (see `embedded.Reader`)."""
    read_xml: Callable[[bytes], Reading]
    """Reads an e-invoice by itself; neither does it raise."""
    skip_ocr: bool = False
    """Whether Kanbert's OCR is to be skipped where an e-invoice says all that it would find."""

    def inside(self, data: bytes, media_type: str) -> Known:
        """Read what a document says of itself; nothing of what is no PDF."""
        return self._known(self.read(data)) if media_type == "application/pdf" else Known(SOURCE)

    def beside(self, name: str, xml: bytes) -> Known:
        """Read the e-invoice that was dropped beside a document, as a file of this name."""
        return self._known(replace(self.read_xml(xml), attachment=name))

    def _known(self, reading: Reading) -> Known:
        odd = [*reading.warnings, *([reading.why] if reading.why else [])]
        unread = tuple(Unread("", reading.attachment, why) for why in odd)
        fields = dict(reading.fields)
        if self.skip_ocr and reading.complete:
            fields["file_was_preprocessed"] = True
        return Known(SOURCE, fields, unread, exact=True)
