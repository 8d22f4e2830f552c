"""Paging, tokens, time: what the client does around its operations."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import httpx
import pytest

from ingestd.errors import (
    AccountTrouble,
    OutcomeUnknown,
    Refused,
)
from ingestd.kanbert import (
    BearerToken,
    TokenFile,
)
from tests.kanbert.doubles import TOKEN, kanbert, ok, page
from tests.kanbert.operations import (
    Call,
    create,
    every_call,
)


def test_iterating_follows_the_cursors() -> None:
    client, server = kanbert(page("a", "b", cursor="2"), page("c", cursor="3"), page("d"))

    ids = [invoice.id for invoice in client.iterate(sort="title", page_size=2)]

    assert ids == ["a", "b", "c", "d"]
    assert [asked.url.params.get("page[cursor]") for asked in server.asked] == [None, "2", "3"]
    assert all(asked.url.params["sort"] == "title" for asked in server.asked)


def test_a_page_is_asked_for_when_it_is_wanted_and_no_sooner() -> None:
    client, server = kanbert(page("a", cursor="2"), page("b"))
    pages = client.pages()

    first = next(pages)

    assert [invoice.id for invoice in first.data] == ["a"]
    assert len(server.asked) == 1


def test_iterating_ends_at_a_cursor_seen_before() -> None:
    client, server = kanbert(page("a", cursor="2"), page("b", cursor="3"), page("c", cursor="2"))

    assert [invoice.id for invoice in client.iterate()] == ["a", "b", "c"]

    assert len(server.asked) == 3


def test_iterating_never_uses_the_urls_of_a_page() -> None:
    elsewhere = {"next_cursor": "2", "next_cursor_url": "https://evil.example/"}
    client, server = kanbert(ok({"data": [], "links": [], "meta": elsewhere}), page("a"))

    list(client.iterate())

    assert {asked.url.host for asked in server.asked} == {"kanbert.example"}


def test_an_invoice_is_found_by_its_external_id() -> None:
    client, server = kanbert(ok({"data": [{"id": "a", "external_id": "e-1"}]}))

    found = client.find("e-1")

    assert found is not None
    assert found.id == "a"
    assert server.asked[0].url.params["filter"] == 'external_id eq "e-1"'


def test_no_invoice_with_an_external_id_is_none() -> None:
    client, _ = kanbert(page())

    assert client.find("e-1") is None


def test_a_server_that_does_not_filter_leaves_it_unknown() -> None:
    client, _ = kanbert(page("a", "b"))

    with pytest.raises(OutcomeUnknown, match="other invoices"):
        client.find("e-1")


def test_an_empty_page_with_a_further_one_leaves_it_unknown() -> None:
    client, _ = kanbert(page(cursor="more"))

    with pytest.raises(OutcomeUnknown, match="other invoices"):
        client.find("e-1")


def test_a_token_renewed_meanwhile_is_tried_once(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")

    def reject(_: httpx.Request) -> httpx.Response:
        file.write_text("renewed")
        return ok({"message": "Unauthenticated."}, 401)

    client, server = kanbert(reject, ok({"id": "a"}, 201), auth=TokenFile(file))

    create(client)

    assert [asked.headers["authorization"] for asked in server.asked] == [
        "Bearer old",
        "Bearer renewed",
    ]
    assert server.bodies[0] == server.bodies[1]


def test_a_token_rejected_twice_is_the_accounts_trouble(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0")

    def reject(_: httpx.Request) -> httpx.Response:
        file.write_text(file.read_text() + "0")
        return ok({"message": "Unauthenticated."}, 401)

    client, server = kanbert(reject, auth=TokenFile(file))

    with pytest.raises(AccountTrouble, match="Unauthenticated"):
        client.get("a")

    assert len(server.asked) == 2


def test_changed_credentials_are_seen_without_asking(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    client, server = kanbert(page(), auth=TokenFile(file))
    before = client.credentials_version()

    file.write_text("renewed")

    assert client.credentials_version() != before
    assert server.asked == []


@every_call
def test_a_token_never_shows_in_an_error_a_repr_or_a_log(
    call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = ok({"message": f"bad token {TOKEN}", "errors": {TOKEN: [TOKEN]}}, 422)
    client, _ = kanbert(echo, auth=BearerToken(TOKEN))

    with pytest.raises(Refused) as raised:
        call(client)

    error = raised.value
    shown = [str(error), repr(error), error.hint, repr(error.answer), repr(client), caplog.text]
    shown += traceback.format_exception(error)
    assert TOKEN not in "".join(shown)
    assert "bad token ***" in str(error)


def test_a_token_that_happens_to_be_in_an_answer_does_not_spoil_it() -> None:
    client, _ = kanbert(ok({"id": TOKEN}), auth=BearerToken(TOKEN))

    assert client.get(TOKEN).id == TOKEN
