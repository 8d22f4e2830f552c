"""As many invoices as are wanted, and no more questions than that takes."""

from __future__ import annotations

import pytest

from ingestd.admin.listing import PAGE, pages_of
from tests.kanbert.doubles import kanbert, page


def ids(number: int, *, start: int = 0) -> list[str]:
    return [str(n) for n in range(start, start + number)]


@pytest.mark.parametrize(
    ("limit", "listed", "pages"), [(0, 90, 3), (31, 31, 2), (60, 60, 2), (61, 61, 3), (100, 90, 3)]
)
def test_pages_are_asked_for_until_there_is_enough(limit: int, listed: int, pages: int) -> None:
    parts = [ids(PAGE), ids(PAGE, start=30), ids(PAGE, start=60)]
    client, server = kanbert(
        page(*parts[0], cursor="2"), page(*parts[1], cursor="3"), page(*parts[2])
    )

    found = [invoice.id for part in pages_of(client, limit=limit) for invoice in part]

    assert found == ids(listed)
    assert len(server.asked) == pages


@pytest.mark.parametrize(("limit", "size"), [(0, None), (1, "1"), (29, "29"), (30, None)])
def test_fewer_than_a_page_are_asked_for_as_such(limit: int, size: str | None) -> None:
    client, server = kanbert(page())

    list(pages_of(client, limit=limit))

    assert server.asked[0].url.params.get("page[size]") == size


def test_a_server_that_gives_more_than_was_asked_for_is_cut_short() -> None:
    client, _ = kanbert(page(*ids(5), cursor="2"))

    assert [len(part) for part in pages_of(client, limit=2)] == [2]


def test_an_empty_filter_is_none() -> None:
    client, server = kanbert(page())

    list(pages_of(client, condition="", order="-title"))

    assert dict(server.asked[0].url.params) == {"sort": "-title"}
