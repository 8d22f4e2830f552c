"""What an e-invoice says of itself: from its XML to the fields of the create request.

    from ingestd.describe.einvoice import NoEInvoice, read_xml

    einvoice = read_xml(xml)
    einvoice.fields["net_value"]  # "473.00"

XML is read with lxml, of the extra `einvoice`, which is imported when the first one is read.
"""

from __future__ import annotations

from ingestd.describe.einvoice.reading import EInvoice, read_xml
from ingestd.errors import NoEInvoice

__all__ = ["EInvoice", "NoEInvoice", "read_xml"]
