"""What an answer means: the table."""

from __future__ import annotations

import json

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
from ingestd.kanbert.meaning import (
    Failure,
    Operation,
    kind_of,
    meaning_of,
    meaning_of_failure,
    unreadable,
)
from ingestd.kanbert.reply import Reply
from tests.kanbert.doubles import NOON

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
SAID = b'{"message": "No."}'

LIST, CREATE, GET, CHECK = Operation.LIST, Operation.CREATE, Operation.GET, Operation.CHECK
UPDATE, DELETE = Operation.UPDATE, Operation.DELETE_BOOKING
EVERY = tuple(Operation)
READS, WRITES = (LIST, GET, CHECK), tuple(o for o in Operation if o.changes)
OF_ONE = tuple(o for o in Operation if o.about_one)
OF_NONE = (LIST, CREATE, CHECK)

Row = tuple[tuple[Operation, ...], tuple[int, ...], type[KanbertError] | None]

ANSWERED_IN_JSON: list[Row] = [
    (EVERY, (200, 201, 202, 204), None),
    (EVERY, (408, 425, 429, 503), Unavailable),
    (EVERY, (500, 501, 502, 504, 507, 520, 521, 522, 599, 100, 199), OutcomeUnknown),
    (EVERY, (401, 402, 405, 406, 407, 411, 418, 419, 426, 431, 451, 511), AccountTrouble),
    ((LIST, CREATE, CHECK, *WRITES), (403,), AccountTrouble),
    ((GET,), (403,), NotFound),
    (EVERY, (300, 301, 302, 303, 304, 307, 308), AccountTrouble),
    (EVERY, (400, 413, 414, 415, 422, 423), Refused),
    ((LIST, GET, CHECK, UPDATE, DELETE), (409,), Refused),
    ((CREATE,), (409,), ExternalIdTaken),
    (OF_ONE, (404, 410), NotFound),
    (OF_NONE, (404, 410), AccountTrouble),
]

ANSWERED_BY_A_PAGE: list[Row] = [
    (READS, (200, 201), AccountTrouble),
    (WRITES, (200, 201), None),
    (EVERY, (429, 503), Unavailable),
    (EVERY, (500, 502, 504), OutcomeUnknown),
    (EVERY, (400, 401, 403, 404, 405, 409, 415, 422, 302), AccountTrouble),
    (EVERY, (413,), Refused),
]


def flat(rows: list[Row]) -> list[tuple[Operation, int, type[KanbertError] | None]]:
    return [
        (o, status, kind) for operations, many, kind in rows for o in operations for status in many
    ]


@pytest.mark.parametrize(("operation", "status", "kind"), flat(ANSWERED_IN_JSON))
def test_a_status_with_json_means(
    operation: Operation, status: int, kind: type[KanbertError] | None
) -> None:
    assert kind_of(operation, Reply(status, JSON, SAID)) is kind


@pytest.mark.parametrize(("operation", "status", "kind"), flat(ANSWERED_BY_A_PAGE))
def test_a_status_with_a_page_means(
    operation: Operation, status: int, kind: type[KanbertError] | None
) -> None:
    assert kind_of(operation, Reply(status, HTML, b"<html>")) is kind


@pytest.mark.parametrize("body", [b"", b"not found", b"[]", b'"x"', b"{", b"<x/>"])
def test_a_404_without_a_json_object_is_a_wrong_address(body: bytes) -> None:
    assert kind_of(GET, Reply(404, {}, body)) is AccountTrouble


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"message": "Invalid scope(s) provided."}', JSON),
        (b'{"message": "Invalid ability provided."}', JSON),
        (b'{"error": "insufficient_scope"}', JSON),
        (b'{"message": "No."}', {**JSON, "www-authenticate": 'Bearer error="insufficient_scope"'}),
        (b"<html>", HTML),
        (b"Forbidden", {}),
        (b"", {}),
    ],
)
def test_a_403_that_is_not_about_the_invoice_asked_for_is_about_the_account(
    body: bytes, headers: dict[str, str]
) -> None:
    assert kind_of(GET, Reply(403, headers, body)) is AccountTrouble


@pytest.mark.parametrize(
    ("operation", "status", "fields", "kind"),
    [
        (CREATE, 422, {"external_id"}, ExternalIdTaken),
        (CREATE, 400, {"external_id", "title"}, ExternalIdTaken),
        (CREATE, 422, {"external_origin"}, Refused),
        (UPDATE, 422, {"external_id"}, Refused),
        (LIST, 422, {"external_id"}, Refused),
        (CREATE, 503, {"external_id"}, Unavailable),
    ],
)
def test_a_complaint_about_external_id_means_that_it_is_taken(
    operation: Operation, status: int, fields: set[str], kind: type[KanbertError]
) -> None:
    assert kind_of(operation, Reply(status, JSON, SAID), fields=frozenset(fields)) is kind


def test_an_error_carries_what_was_said() -> None:
    body = b'{"message": "The title is too long.", "errors": {"title": ["too long"]}}'
    headers = {**JSON, "x-request-id": "r-1", "retry-after": "7"}

    error = meaning_of(CREATE, Reply(422, headers, body), now=NOON)

    assert isinstance(error, Refused)
    assert str(error) == "Kanbert did not create the invoice: The title is too long."
    assert error.answer.status == 422
    assert error.answer.fields == {"title": ("too long",)}
    assert (error.answer.request_id, error.answer.retry_after) == ("r-1", 7.0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errors": {"title": ["too long"]}}', "title: too long."),
        (b'{"message": "Invalid.", "errors": {"a": ["x", "y"]}}', "Invalid.; a: x y."),
        (
            b'{"message": "x (and 1 more)", "errors": {"a": ["x"], "b": ["y"]}}',
            "x (and 1 more); b: y.",
        ),
        (b'{"message": "No.", "errors": {}}', "No."),
    ],
)
def test_what_is_wrong_with_a_field_is_said_with_the_message(body: bytes, words: str) -> None:
    error = meaning_of(CREATE, Reply(422, JSON, body), now=NOON)

    assert str(error) == f"Kanbert did not create the invoice: {words}"


def test_however_much_is_wrong_a_sentence_stays_one() -> None:
    body = json.dumps({"errors": {f"field{i}": ["no\nyes " * 100] for i in range(50)}}).encode()

    sentence = str(meaning_of(CREATE, Reply(422, JSON, body), now=NOON))

    assert len(sentence) < 600
    assert "\n" not in sentence


def test_an_error_without_words_names_its_status() -> None:
    error = meaning_of(CREATE, Reply(502), now=NOON)

    assert str(error) == "Kanbert did not create the invoice: status 502."


@pytest.mark.parametrize(
    ("reply", "hint"),
    [
        (Reply(401, JSON), "Check the token"),
        (Reply(403, JSON), "scopes"),
        (Reply(407, JSON), "Check proxy"),
        (Reply(302, JSON), "Check base_url: write the address"),
        (Reply(404, HTML, b"<html>"), "Check base_url, and whether a proxy"),
        (Reply(200, HTML, b"<html>"), "Check base_url, and whether a proxy"),
    ],
)
def test_trouble_with_the_account_says_what_to_check(reply: Reply, hint: str) -> None:
    error = meaning_of(CHECK, reply, now=NOON)

    assert isinstance(error, AccountTrouble)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (Failure("no connection", reached=False), Unavailable),
        (Failure("no answer in time", reached=True), OutcomeUnknown),
    ],
)
def test_silence_means_nothing_only_where_nothing_was_sent(
    failure: Failure, kind: type[KanbertError]
) -> None:
    error = meaning_of_failure(CREATE, failure)

    assert type(error) is kind
    assert failure.why in str(error)


def test_an_unverified_certificate_hints_at_the_setting() -> None:
    failure = Failure("no connection ([SSL: CERTIFICATE_VERIFY_FAILED])", reached=False)

    error = meaning_of_failure(LIST, failure)

    assert type(error) is AccountTrouble
    assert "ca_bundle" in error.hint


def test_a_page_in_place_of_a_created_invoice_says_what_to_check() -> None:
    assert "login page" in unreadable(CREATE, Reply(200, HTML, b"<html>"), "no JSON").hint
    assert unreadable(CREATE, Reply(200, JSON, b"{"), "no JSON").hint == ""


def test_a_success_that_cannot_be_read_is_unknown() -> None:
    error = unreadable(CREATE, Reply(201), "id: Field required")

    assert isinstance(error, OutcomeUnknown)
    assert error.answer.status == 201
    assert "id: Field required" in str(error)
