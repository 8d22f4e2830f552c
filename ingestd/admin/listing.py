"""The invoices of an account, page by page, as many as are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingestd.kanbert import Invoice, Kanbert

PAGE = 30
"""Invoices; what Kanbert puts into a page unless it is asked for fewer."""


def pages_of(
    kanbert: Kanbert, *, condition: str | None = None, order: str | None = None, limit: int = 0
) -> Iterator[Sequence[Invoice]]:
    """The invoices as they come; no page is asked for before it is wanted.

    :param condition: a filter as Kanbert reads it.
    :param order: a sort order.
    :param limit: at most so many; 0: all.
    :raises KanbertError: where a page does not come.
    """
    listed = 0
    size = limit if 0 < limit < PAGE else None
    for page in kanbert.pages(filter=condition or None, sort=order, page_size=size):
        found = page.data[: limit - listed] if limit else page.data
        yield found
        listed += len(found)
        if limit and listed >= limit:
            return
