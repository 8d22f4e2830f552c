from __future__ import annotations

from typing import Any

import httpx
import pytest

from ingestd.sandbox import READ, WRITE, WRITE_BOOKINGS
from ingestd.sandbox.operations import OPERATIONS, Operation
from tests.sandbox.running import PDF, SECRET, TOKEN, Running

_EACH_OPERATION = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)


def _request(sandbox: Running, operation: Operation, token: str | None) -> httpx.Response:
    path = operation.path.format(id="i", invoiceId="i", bookingId="b")
    with sandbox.client_with(token) as client:
        return client.request(operation.method, path)


@_EACH_OPERATION
@pytest.mark.parametrize("token", [None, "wrong", "test-token x"])
def test_without_a_known_token_nothing_is_done(
    sandbox: Running, operation: Operation, token: str | None
) -> None:
    answer = _request(sandbox, operation, token)

    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthenticated."})


@_EACH_OPERATION
def test_each_scope_of_an_operation_is_needed(sandbox: Running, operation: Operation) -> None:
    for missing in operation.scopes:
        sandbox.tokens["lacking"] = frozenset({READ, WRITE, WRITE_BOOKINGS} - {missing})

        answer = _request(sandbox, operation, "lacking")

        assert answer.status_code == 403
        assert answer.json() == {"message": "Invalid scope(s) provided."}


@_EACH_OPERATION
def test_no_other_scope_is_needed(sandbox: Running, operation: Operation) -> None:
    sandbox.tokens["just enough"] = frozenset(operation.scopes)

    assert _request(sandbox, operation, "just enough").status_code not in (401, 403)


def test_another_scheme_than_bearer_is_refused(sandbox: Running) -> None:
    answer = sandbox.client.get("/incoming-invoices", headers={"Authorization": f"Basic {TOKEN}"})

    assert answer.status_code == 401


def test_a_token_can_be_revoked_and_added_while_the_sandbox_runs(sandbox: Running) -> None:
    sandbox.tokens["new"] = sandbox.tokens.pop(TOKEN)

    assert sandbox.listed().status_code == 401
    with sandbox.client_with("new") as client:
        assert client.get("/incoming-invoices").status_code == 200


def _ask(sandbox: Running, data: dict[str, str], **more: Any) -> httpx.Response:
    return httpx.post(f"{sandbox.server.root_url}/oauth/token", data=data, **more)


_CREDENTIALS = {"client_id": "client", "client_secret": SECRET}
_GRANT = {"grant_type": "client_credentials"}


@pytest.mark.parametrize("in_header", [False, True])
def test_a_client_gets_a_token_that_is_accepted(sandbox: Running, in_header: bool) -> None:
    if in_header:
        answer = _ask(sandbox, _GRANT, auth=("client", "test+secret%2F%2B"))
    else:
        answer = _ask(sandbox, _GRANT | _CREDENTIALS)

    granted = answer.json()
    assert (answer.status_code, granted["token_type"], granted["expires_in"]) == (
        200,
        "Bearer",
        3600,
    )
    with sandbox.client_with(granted["access_token"]) as client:
        assert client.get("/incoming-invoices").status_code == 200


def test_a_token_has_only_the_scopes_that_were_asked_for(sandbox: Running) -> None:
    granted = _ask(sandbox, {**_GRANT, **_CREDENTIALS, "scope": READ}).json()

    with sandbox.client_with(granted["access_token"]) as client:
        assert client.get("/incoming-invoices").status_code == 200
        assert client.post("/incoming-invoices").status_code == 403


def test_a_token_expires(sandbox: Running) -> None:
    token = _ask(sandbox, _GRANT | _CREDENTIALS).json()["access_token"]
    sandbox.clock.advance(seconds=3599)

    with sandbox.client_with(token) as client:
        assert client.get("/incoming-invoices").status_code == 200
        sandbox.clock.advance(seconds=1)
        assert client.get("/incoming-invoices").status_code == 401


def test_all_issued_tokens_can_be_expired_and_given_ones_stay(sandbox: Running) -> None:
    token = _ask(sandbox, _GRANT | _CREDENTIALS).json()["access_token"]

    sandbox.app.tokens.expire_issued()

    with sandbox.client_with(token) as client:
        assert client.get("/incoming-invoices").status_code == 401
    assert sandbox.listed().status_code == 200
    assert _ask(sandbox, _GRANT | _CREDENTIALS).status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "error"),
    [
        ({**_GRANT}, 401, "invalid_client"),
        ({**_GRANT, **_CREDENTIALS, "client_secret": "wrong"}, 401, "invalid_client"),
        ({**_GRANT, **_CREDENTIALS, "client_id": "nobody"}, 401, "invalid_client"),
        ({**_CREDENTIALS}, 400, "unsupported_grant_type"),
        ({**_CREDENTIALS, "grant_type": "password"}, 400, "unsupported_grant_type"),
        ({**_GRANT, **_CREDENTIALS, "scope": "admin"}, 400, "invalid_scope"),
    ],
)
def test_a_wrong_token_request_is_refused(
    sandbox: Running, data: dict[str, str], status: int, error: str
) -> None:
    answer = _ask(sandbox, data)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_who_may_not_create_cannot_make_the_sandbox_read_a_body(sandbox: Running) -> None:
    head = (
        b"POST /api/v1/incoming-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        b"Content-Type: multipart/form-data; boundary=B\r\n\r\n"
    )

    with sandbox.connect() as connection:
        connection.sendall(head)
        answer = connection.recv(1024)

    assert answer.startswith(b"HTTP/1.1 401 ")


def test_secrets_do_not_show_in_the_journal(sandbox: Running) -> None:
    _ask(sandbox, _GRANT | _CREDENTIALS)
    sandbox.create({"title": "confidential"}, file=PDF)

    shown = repr(sandbox.journal.entries())

    assert SECRET not in shown
    assert TOKEN not in shown
    assert "confidential" not in shown
