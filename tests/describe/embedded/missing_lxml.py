"""A mapper on a machine without the extra it needs."""

from __future__ import annotations


class NoEInvoice(Exception):
    """Never raised."""


def read_xml(xml: bytes) -> object:
    import lxml_that_is_not_here  # type: ignore[import-not-found]  # noqa: PLC0415 - as mappers do

    return lxml_that_is_not_here.read(xml)
