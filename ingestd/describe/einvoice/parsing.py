"""XML from anybody to a tree of elements, or a refusal, at a cost that the size of it bounds.

libxml2 (2.14, with lxml 6.1) says where a DOCTYPE begins before it reads what is declared in it,
and in whatever encoding. Given piece by piece, a document is thus refused before its entities
are even looked at: 17 MB of declarations given at once cost 0.2 s, and in pieces no time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, TreeBuilder

from ingestd.errors import NoEInvoice

LARGEST = 20 * 1024 * 1024
"""Bytes. Attachments that an invoice may carry in its XML are in them."""
DEEPEST = 64
"""Elements within each other; real invoices have about a dozen."""
MOST_ELEMENTS = 500_000
"""About 12,000 lines, which fill the 20 MiB; a tree of so many takes about 100 MB."""
_PIECE = 64 * 1024

# What .NET's StringWriter declares of a text that is then saved in UTF-8.
_FALSELY_UTF16 = re.compile(rb"(\xef\xbb\xbf)?<\?xml[^>]{1,60}encoding=[\"']utf-16", re.IGNORECASE)


def parse(xml: bytes) -> Element:
    """The root element of a document.

    :raises NoEInvoice: it is not well-formed, too large, too deep or has a DOCTYPE, which no
        e-invoice needs and which entities come in by.
    """
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415  (an extra, and slow)

    if len(xml) > LARGEST:
        raise NoEInvoice(f"The XML is larger than {LARGEST // 1024**2} MiB.")
    parser = etree.XMLParser(
        target=_Tree(),
        encoding="utf-8" if _FALSELY_UTF16.match(xml) else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    try:
        for start in range(0, len(xml), _PIECE):
            parser.feed(xml[start : start + _PIECE])
        root: Element = parser.close()
    except etree.XMLSyntaxError as error:
        raise NoEInvoice(f"The XML is not well-formed: {_in_one_line(error.msg)}.") from None
    return root


class _Tree:
    """Builds the tree from what lxml's parser meets, and stops it where that is too much."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._depth = 0
        self._elements = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002
        raise NoEInvoice("The XML has a DOCTYPE, which no e-invoice has.")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise NoEInvoice(f"The XML has more than {DEEPEST} elements within each other.")
        if self._elements > MOST_ELEMENTS:
            raise NoEInvoice(f"The XML has more than {MOST_ELEMENTS} elements.")
        self._builder.start(tag, dict(attributes))

    def data(self, text: str) -> None:
        self._builder.data(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._builder.end(tag)

    def close(self) -> Element:
        return self._builder.close()


def _in_one_line(message: str | None) -> str:
    return " ".join((message or "no reason given").split())[:200].rstrip(".")
