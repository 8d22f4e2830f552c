"""What the client makes of answers, and what it repeats."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from ingestd.errors import (
    AccountTrouble,
    ExternalIdTaken,
    KanbertError,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from ingestd.kanbert import (
    CreateInvoice,
)
from tests.kanbert.doubles import Answer, kanbert, ok
from tests.kanbert.operations import (
    MD5,
    REFUSED,
    Call,
    create,
    every_read,
    every_write,
)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_with_an_id_is_an_invoice(status: int) -> None:
    client, _ = kanbert(ok({"id": "a", "sum_net": 0.1}, status))

    invoice = client.create(CreateInvoice())

    assert (invoice.id, invoice.sum_net) == ("a", Decimal("0.1"))


def test_a_wrapped_invoice_is_unwrapped() -> None:
    client, _ = kanbert(ok({"data": {"id": "a"}}))

    assert client.get("a").id == "a"


def test_a_deleted_booking_needs_no_answer() -> None:
    client, _ = kanbert(httpx.Response(204))

    client.delete_booking("a", "b")


@every_read
def test_a_read_that_cannot_be_understood_is_asked_again(call: Call) -> None:
    client, server = kanbert(httpx.Response(200, content=b"hm"))

    with pytest.raises(OutcomeUnknown, match="cannot be read"):
        call(client)

    assert len(server.asked) == 4


UNREADABLE = [b"", b"{}", b'{"id": ""}', b'{"id": null}', b"[]", b"ok", b"<html>", b"[" * 100_000]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_create_that_cannot_be_understood_is_not_repeated(body: bytes) -> None:
    client, server = kanbert(httpx.Response(201, content=body))

    with pytest.raises(OutcomeUnknown):
        create(client)

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"duplicates": []},
        {"exists": "no", "duplicates": []},
        {"exists": False, "duplicates": None},
        {"exists": True, "duplicates": [{"title": "x"}]},
    ],
)
def test_a_check_that_cannot_be_understood_never_means_absent(said: object) -> None:
    client, _ = kanbert(ok(said))

    with pytest.raises(OutcomeUnknown):
        client.check_duplicate(MD5)


@pytest.mark.parametrize("said", [None, "e-1", " e-1 "])
def test_a_created_invoice_has_the_external_id_it_was_given_or_does_not_say(
    said: str | None,
) -> None:
    client, _ = kanbert(ok({"id": "a", "external_id": said}, 201))

    assert client.create(CreateInvoice(external_id="e-1")).id == "a"


def test_another_invoice_in_place_of_the_created_one_is_not_taken_for_it() -> None:
    client, server = kanbert(ok({"id": "a", "external_id": "e-2"}, 201))

    with pytest.raises(OutcomeUnknown, match="another invoice's"):
        client.create(CreateInvoice(external_id="e-1"))

    assert len(server.asked) == 1


def test_an_invoice_made_without_an_external_id_may_be_given_one() -> None:
    client, _ = kanbert(ok({"id": "a", "external_id": "theirs"}, 201))

    assert client.create(CreateInvoice()).external_id == "theirs"


@pytest.mark.parametrize("exists", [True, False])
def test_a_check_about_another_content_says_nothing_of_this(exists: bool) -> None:
    client, _ = kanbert(ok({"hash": "0" * 32, "exists": exists, "duplicates": []}))

    with pytest.raises(OutcomeUnknown, match="another content's"):
        client.check_duplicate(MD5)


@pytest.mark.parametrize("said", [MD5, MD5.upper(), "", None])
def test_a_check_says_which_content_it_is_about_or_does_not(said: str | None) -> None:
    client, _ = kanbert(ok({"hash": said, "exists": False, "duplicates": []}))

    assert not client.check_duplicate(MD5.upper()).known


def test_a_page_in_place_of_a_check_is_the_accounts_trouble() -> None:
    client, server = kanbert(httpx.Response(200, html="<html>Welcome</html>"))

    with pytest.raises(AccountTrouble):
        client.check_duplicate(MD5)

    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (REFUSED, Refused),
        (ok({"message": "x", "errors": {"external_id": ["taken"]}}, 422), ExternalIdTaken),
        (ok({"message": "x"}, 409), ExternalIdTaken),
        (ok({"message": "x"}, 401), AccountTrouble),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), AccountTrouble),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.ReadTimeout("x"), OutcomeUnknown),
        (httpx.WriteTimeout("x"), OutcomeUnknown),
        (httpx.ReadError("reset"), OutcomeUnknown),
        (httpx.RemoteProtocolError("Server disconnected"), OutcomeUnknown),
    ],
)
def test_a_create_is_sent_once_unless_nothing_was_carried_out(
    answer: Answer, kind: type[KanbertError]
) -> None:
    client, server = kanbert(answer)

    with pytest.raises(kind) as raised:
        create(client)

    assert type(raised.value) is kind
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(429),
        httpx.Response(408),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.ProxyError("407"),
    ],
)
def test_a_create_that_was_not_carried_out_is_sent_again(answer: Answer) -> None:
    client, server = kanbert(answer, ok({"id": "a"}, 201))

    create(client)

    assert len(server.asked) == 2
    assert server.bodies[0] == server.bodies[1]


@every_write
def test_no_write_is_repeated_when_its_outcome_is_unknown(call: Call) -> None:
    client, server = kanbert(httpx.Response(502))

    with pytest.raises(OutcomeUnknown):
        call(client)

    assert len(server.asked) == 1


@every_read
def test_every_read_is_repeated_when_its_outcome_is_unknown(call: Call) -> None:
    client, server = kanbert(httpx.ReadTimeout("x"))

    with pytest.raises(OutcomeUnknown):
        call(client)

    assert len(server.asked) == 4


def test_a_probe_is_made_once() -> None:
    client, server = kanbert(httpx.Response(503))

    with pytest.raises(Unavailable):
        client.probe()

    assert len(server.asked) == 1


def test_a_missing_invoice_is_not_found() -> None:
    client, _ = kanbert(ok({"message": "Not found."}, 404))

    with pytest.raises(NotFound, match="Not found"):
        client.get("a")
