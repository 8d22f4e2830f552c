"""What the e-invoice inside a document says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingestd.describe.embedded import Reading
from ingestd.describe.known import Known, Unread

SOURCE = "e-invoice"


@dataclass(frozen=True, slots=True)
class EInvoices:
    """How the e-invoices of an inbox are read."""

    read: Callable[[bytes], Reading]
    """Reads what is inside a PDF; never raises (see `embedded.Reader`)."""
    skip_ocr: bool = False
    """Whether Kanbert's OCR is to be skipped where an e-invoice says all that it would find."""

    def inside(self, data: bytes, media_type: str) -> Known:
        """Read what a document says of itself; nothing of what is no PDF."""
        if media_type != "application/pdf":
            return Known(SOURCE)
        reading = self.read(data)
        odd = [*reading.warnings, *([reading.why] if reading.why else [])]
        unread = tuple(Unread("", reading.attachment, why) for why in odd)
        fields = dict(reading.fields)
        if self.skip_ocr and reading.complete:
            fields["file_was_preprocessed"] = True
        return Known(SOURCE, fields, unread, exact=True)
