"""Invoices made for the demo; everything about them is invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A file for the demo's inbox, and what it is to show."""

    name: str
    content: bytes
    shows: str


TOO_LARGE = 15_200_000
"""Bytes; a little more than the 15 MB that Kanbert takes."""


def samples() -> Iterator[Sample]:
    """Make one file of each kind that a scanner folder sees."""
    plain = pdf("Invoice R-1001", "Lindenhof Stationers", "Paper and pens", "Total 119.00")
    yield Sample("scan-0001.pdf", plain, "a plain PDF")
    xml = EINVOICE.encode()
    yield Sample(
        "e-invoice.pdf",
        pdf("Invoice E-2002", "Harbour Coffee Roasters", "Total 23.80", attachment=xml),
        "an e-invoice: a PDF with its data as XML inside (Factur-X)",
    )
    yield Sample("scan-0001 (copy).pdf", plain, "the plain PDF again, under another name")
    yield Sample("interrupted.pdf", plain[: len(plain) // 2], "a scan that broke off half-way")
    yield Sample("letter.pdf", b"Dear Sir or Madam, ...\n" * 20, "a text file called .pdf")
    padding = b"% a very fine scan\n" * (TOO_LARGE // 19 + 1)
    yield Sample(
        "poster.pdf", pdf("Invoice P-4004", padding=padding), "a PDF larger than Kanbert takes"
    )


def pdf(*lines: str, attachment: bytes = b"", padding: bytes = b"") -> bytes:
    """Write a one-page PDF (ISO 32000-1) with some lines of text, and an XML file if given."""
    text = "BT /F1 14 Tf 72 760 Td 20 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    names = " /Names << /EmbeddedFiles << /Names [(factur-x.xml) 7 0 R] >> >> /AF [7 0 R]"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R{names if attachment else ''} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        _stream("", text.encode("latin-1")),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    if attachment:
        objects += [
            b"<< /Type /Filespec /UF (factur-x.xml) /AFRelationship /Data /EF << /F 8 0 R >> >>",
            _stream("/Type /EmbeddedFile /Subtype /text#2Fxml ", attachment),
        ]
    return _file(objects, padding)


def _stream(kind: str, content: bytes) -> bytes:
    head = f"<< {kind}/Length {len(content)} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def _file(objects: list[bytes], padding: bytes) -> bytes:
    """Number the objects and write the table of where they begin."""
    body, offsets = bytearray(b"%PDF-1.7\n" + padding), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return bytes(body) + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


EINVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext>
    <ram:GuidelineSpecifiedDocumentContextParameter>
      <ram:ID>urn:factur-x.eu:1p0:minimum</ram:ID>
    </ram:GuidelineSpecifiedDocumentContextParameter>
  </rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>E-2002</ram:ID>
    <ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime>
      <udt:DateTimeString format="102">20260115</udt:DateTimeString>
    </ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty><ram:Name>Harbour Coffee Roasters</ram:Name></ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>Example Ltd</ram:Name></ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:TaxBasisTotalAmount>20.00</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">3.80</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>23.80</ram:GrandTotalAmount>
        <ram:DuePayableAmount>23.80</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
