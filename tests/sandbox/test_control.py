from __future__ import annotations

from typing import Any

import httpx
import pytest

from ingestd.sandbox import Fault, Kind
from tests.sandbox.running import SECRET, Running


def _control(sandbox: Running, method: str, path: str, **more: Any) -> httpx.Response:
    return httpx.request(method, f"{sandbox.server.root_url}/_control/{path}", **more)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "journal"), ("GET", "faults"), ("POST", "faults"), ("POST", "expire-tokens")],
)
def test_there_is_no_control_unless_it_was_asked_for(
    sandbox: Running, method: str, path: str
) -> None:
    assert _control(sandbox, method, path).status_code == 404


def test_a_fault_can_be_ordered_seen_and_cleared(controlled_sandbox: Running) -> None:
    sandbox = controlled_sandbox
    order = {"kind": "commit_then_garble", "operation": "createIncomingInvoice", "times": None}

    ordered = _control(sandbox, "POST", "faults", json=order)
    struck = sandbox.create()
    seen = _control(sandbox, "GET", "faults").json()
    _control(sandbox, "DELETE", "faults")

    assert ordered.status_code == 204
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        struck.json()
    assert [each["kind"] for each in seen] == ["commit_then_garble"]
    assert sandbox.create().json()["id"]


@pytest.mark.parametrize(
    "order", ["", "[]", '{"kind": "explode"}', '{"times": 0}', '{"surprise": 1}']
)
def test_an_impossible_fault_is_refused(controlled_sandbox: Running, order: str) -> None:
    answer = _control(controlled_sandbox, "POST", "faults", content=order)

    assert answer.status_code == 422
    assert controlled_sandbox.faults.in_force() == []


def test_the_journal_can_be_read_and_cleared(controlled_sandbox: Running) -> None:
    sandbox = controlled_sandbox
    sandbox.listed()

    read = _control(sandbox, "GET", "journal").json()
    _control(sandbox, "DELETE", "journal")

    assert read["counts"] == {"listIncomingInvoices": 1}
    assert read["entries"] == [
        {
            "number": 1,
            "method": "GET",
            "path": "/api/v1/incoming-invoices",
            "operation": "listIncomingInvoices",
            "fault": "",
            "status": 200,
            "outcome": 200,
        }
    ]
    assert sandbox.journal.count() == 0


def test_control_is_neither_struck_nor_entered(controlled_sandbox: Running) -> None:
    controlled_sandbox.faults.add(Fault(kind=Kind.ANSWER, status=503, times=None))

    answer = _control(controlled_sandbox, "GET", "journal")

    assert answer.status_code == 200
    assert answer.headers["X-Request-Id"]
    assert controlled_sandbox.journal.count() == 0


def test_issued_tokens_can_be_expired(controlled_sandbox: Running) -> None:
    sandbox = controlled_sandbox
    grant = {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": SECRET,
    }
    token = httpx.post(f"{sandbox.server.root_url}/oauth/token", data=grant).json()["access_token"]

    _control(sandbox, "POST", "expire-tokens")

    with sandbox.client_with(token) as client:
        assert client.get("/incoming-invoices").status_code == 401
