"""What the client sends for each operation."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ingestd.errors import (
    KanbertError,
)
from ingestd.kanbert import (
    CreateInvoice,
    F,
    UpdateInvoice,
)
from tests.kanbert.doubles import TOKEN, kanbert, ok, page
from tests.kanbert.operations import (
    ABSENT,
    MD5,
    READS,
    WRITES,
    Call,
    create,
)


@pytest.mark.parametrize(
    ("call", "method", "target"),
    [
        (READS["list"], "GET", "/api/v1/incoming-invoices"),
        (READS["get"], "GET", "/api/v1/incoming-invoices/a"),
        (READS["check by hash"], "POST", "/api/v1/incoming-invoices/check-duplicate"),
        (READS["check by file"], "POST", "/api/v1/incoming-invoices/check-duplicate"),
        (WRITES["create"], "POST", "/api/v1/incoming-invoices"),
        (WRITES["update"], "PATCH", "/api/v1/incoming-invoices/a"),
        (WRITES["update a booking"], "PATCH", "/api/v1/incoming-invoices/a/bookings/b"),
        (WRITES["delete a booking"], "DELETE", "/api/v1/incoming-invoices/a/bookings/b"),
        (lambda k: k.probe(), "GET", "/api/v1/incoming-invoices?page%5Bsize%5D=1"),
    ],
)
def test_each_operation_has_its_method_and_path(call: Call, method: str, target: str) -> None:
    client, server = kanbert(ok({"message": "no"}, 404))

    with pytest.raises(KanbertError):
        call(client)

    (asked,) = server.asked
    assert (asked.method, asked.url.raw_path.decode()) == (method, target)
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["host"] == "kanbert.example"
    assert asked.headers["user-agent"].startswith("ingestd")
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["accept-encoding"] == "gzip"
    assert asked.headers.get("content-length", "0") == str(len(asked.content))


def test_a_list_is_asked_for_with_filter_sort_and_page() -> None:
    client, server = kanbert(page())

    client.list(filter=F("title").eq("Ä&b"), sort="-created_at", page_size=100, cursor="eyJ=")

    assert dict(server.asked[0].url.params) == {
        "filter": 'title eq "Ä&b"',
        "sort": "-created_at",
        "page[size]": "100",
        "page[cursor]": "eyJ=",
    }


def test_a_create_sends_fields_and_document_as_one_form() -> None:
    client, server = kanbert(ok({"id": "a"}, 201))

    create(client)

    kind = server.asked[0].headers["content-type"]
    boundary = kind.removeprefix("multipart/form-data; boundary=")
    assert len(boundary) == 32
    assert server.bodies[0].startswith(f"--{boundary}\r\n".encode())
    assert b'name="title"\r\n\r\nPaper\r\n' in server.bodies[0]
    assert b'filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-\r\n' in server.bodies[0]


def test_a_document_can_be_given_as_a_path(tmp_path: Path) -> None:
    client, server = kanbert(ok({"id": "a"}, 201))
    path = tmp_path / "R 17.pdf"
    path.write_bytes(b"%PDF-1.4")

    client.create(CreateInvoice(), file=path)

    assert (
        b'filename="R 17.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4' in server.bodies[0]
    )


def test_who_wants_to_know_is_told_how_much_of_a_document_is_on_its_way() -> None:
    client, server = kanbert(ok({"id": "a"}, 201))
    told: list[tuple[int, int]] = []

    client.create(
        CreateInvoice(),
        file=b"%PDF-" + bytes(200_000),
        on_sent=lambda sent, total: told.append((sent, total)),
    )

    size = len(server.bodies[0])
    assert told[0] == (0, size)
    assert told[-1] == (size, size)
    assert len(told) > 4
    assert told == sorted(told)


def test_a_document_sent_again_is_told_of_from_the_beginning() -> None:
    client, _ = kanbert(ok({}, 503), ok({"id": "a"}, 201))
    told: list[int] = []

    client.create(
        CreateInvoice(), file=b"%PDF-", on_sent=lambda sent, total: told.append(total - sent)
    )

    assert [told.count(told[0]), told.count(0)] == [2, 2]


def test_a_boundary_is_never_used_twice() -> None:
    client, server = kanbert(ok({"id": "a"}, 201))

    create(client)
    create(client)

    assert server.asked[0].headers["content-type"] != server.asked[1].headers["content-type"]


def test_an_update_sends_only_what_was_set() -> None:
    client, server = kanbert(ok({"id": "a"}))

    client.update("a", UpdateInvoice(notes=None, net_value=Decimal("1.10")))

    assert server.asked[0].headers["content-type"] == "application/json"
    assert server.bodies == [b'{"notes":null,"net_value":1.10}']


def test_a_hash_is_sent_in_lower_case() -> None:
    client, server = kanbert(ABSENT)

    client.check_duplicate(MD5.upper())

    assert f'name="hash"\r\n\r\n{MD5}\r\n'.encode() in server.bodies[0]
    assert b'name="file"' not in server.bodies[0]


@pytest.mark.parametrize(
    "call",
    [
        lambda k: k.get(""),
        lambda k: k.get(".."),
        lambda k: k.delete_booking("a", "."),
        lambda k: k.check_duplicate("string"),
        lambda k: k.list(sort="status"),
        lambda k: k.list(page_size=0),
    ],
)
def test_arguments_that_make_no_request_send_none(call: Call) -> None:
    client, server = kanbert(page())

    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        call(client)

    assert server.asked == []
