from __future__ import annotations

import asyncio
import hashlib

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from ingestd.sandbox import Fault, Kind
from ingestd.sandbox.bodies import LARGEST_FORM
from ingestd.sandbox.misbehaviour import Exchange, misbehave
from tests.sandbox.running import PDF, Running

_CREATE = "createIncomingInvoice"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=503, headers={"Retry-After": "7"}, body='{"message": "Down."}'),
        Fault(status=401, body='{"message": "Unauthenticated."}'),
        Fault(status=302, headers={"Location": "https://elsewhere.example/"}),
        Fault(status=200, headers={"Content-Type": "text/html"}, body="<html>Welcome</html>"),
        Fault(status=429, headers={"Retry-After": "1"}, body="slow down"),
    ],
    ids=lambda fault: str(fault.status),
)
def test_an_answer_is_given_as_ordered_and_nothing_is_carried_out(
    sandbox: Running, fault: Fault
) -> None:
    sandbox.faults.add(fault)

    answer = sandbox.create(file=PDF)

    assert answer.status_code == fault.status
    assert answer.text == (fault.body or "")
    for name, value in fault.headers.items():
        assert answer.headers[name] == value
    assert answer.headers["X-Request-Id"]
    assert sandbox.store.count() == 0


def test_an_error_without_a_body_is_worded_as_kanbert_words_errors(sandbox: Running) -> None:
    sandbox.faults.add(Fault(status=429), Fault(status=302))

    refused, redirected = sandbox.listed(), sandbox.listed()

    assert refused.json() == {"message": "Too Many Attempts."}
    assert refused.headers["Content-Type"] == "application/json"
    assert (redirected.status_code, redirected.content) == (302, b"")


def test_a_delayed_answer_comes_after_its_time_and_is_the_usual_one(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.DELAY, delay=0.2))

    answer = sandbox.create(file=PDF)

    assert answer.status_code == 201
    assert answer.elapsed.total_seconds() >= 0.2


def test_a_client_that_waits_less_than_the_delay_gives_up(sandbox: Running) -> None:
    sandbox.faults.add(Fault(status=200, delay=30))

    with pytest.raises(httpx.ReadTimeout):
        sandbox.client.get("/incoming-invoices", timeout=0.1)


def test_a_delayed_request_is_carried_out_though_the_client_gave_up(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.DELAY, delay=0.3))

    with pytest.raises(httpx.ReadTimeout):
        sandbox.client.post(
            "/incoming-invoices", files={"title": (None, b"x")}, timeout=httpx.Timeout(0.1)
        )

    assert sandbox.store.count() == 0
    assert sandbox.journal.wait_for(lambda entries: entries[0].outcome == 201)
    assert sandbox.store.count() == 1


def test_a_body_that_is_too_large_is_refused_under_a_fault_too(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.DELAY))

    answer = sandbox.create(file=PDF.ljust(LARGEST_FORM + 1_000_000))

    assert answer.status_code == 413


def test_no_more_of_a_body_is_kept_under_a_fault_than_would_be_accepted() -> None:
    chunks = iter([b"x" * 1024 * 1024] * 64)
    left_when_carried_out: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": next(chunks), "more_body": True}

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        left_when_carried_out.append(len(list(chunks)))
        await send({"type": "http.response.start", "status": 413})

    async def send(_message: Message) -> None:
        return

    delay = Fault(kind=Kind.DELAY)
    asyncio.run(misbehave(Exchange(delay, app, {}, receive, send, lambda _status: None)))

    assert left_when_carried_out == [64 - 17]


@pytest.mark.parametrize("kind", [Kind.RESET_BEFORE_BODY, Kind.RESET_AFTER_BODY])
def test_a_reset_breaks_the_connection_and_stores_nothing(
    sandbox: Running, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.add(Fault(kind=kind))

    # A reset that comes between two writes of the client shows as an end when it reads.
    with pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
        sandbox.create(file=PDF)

    assert sandbox.store.count() == 0
    assert sandbox.create(file=PDF).status_code == 201
    assert caplog.messages == []


def test_a_reset_before_the_body_does_not_wait_for_it(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.RESET_BEFORE_BODY))
    head = b"POST /api/v1/incoming-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"

    with sandbox.connect() as connection:
        connection.sendall(head)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_reset_after_the_body_waits_for_it(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.RESET_AFTER_BODY))
    head = b"POST /api/v1/incoming-invoices HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"

    with sandbox.connect() as connection:
        connection.sendall(head + b"x")
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(b"x")
        connection.settimeout(10)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_commit_then_drop_stores_the_invoice_and_breaks_the_connection(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=_CREATE))

    with pytest.raises(httpx.ReadError):
        sandbox.create({"external_id": "once"}, file=PDF)

    assert [invoice.external_id for invoice in sandbox.store.invoices()] == ["once"]
    assert sandbox.check({"hash": hashlib.md5(PDF).hexdigest()}).json()["exists"] is True


def test_commit_then_hang_stores_the_invoice_and_says_nothing(sandbox: Running) -> None:
    sandbox.faults.add(Fault(kind=Kind.COMMIT_THEN_HANG))

    with pytest.raises(httpx.ReadTimeout):
        sandbox.client.post(
            "/incoming-invoices", files={"title": (None, b"x")}, timeout=httpx.Timeout(0.2)
        )

    assert sandbox.store.count() == 1


@pytest.mark.parametrize("body", [None, "", "<html>OK</html>"])
def test_commit_then_garble_stores_the_invoice_and_answers_what_cannot_be_read(
    sandbox: Running, body: str | None
) -> None:
    sandbox.faults.add(Fault(kind=Kind.COMMIT_THEN_GARBLE, body=body))

    answer = sandbox.create(file=PDF)

    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()
    assert sandbox.store.count() == 1


def test_a_late_commit_answers_a_timeout_first_and_stores_the_invoice_later(
    sandbox: Running,
) -> None:
    sandbox.faults.add(Fault(kind=Kind.LATE_COMMIT, commit_after=0.2))

    answer = sandbox.create({"external_id": "late"}, file=PDF)

    assert answer.status_code == 504
    assert sandbox.store.count() == 0
    assert sandbox.journal.wait_for(lambda entries: entries[0].outcome == 201)
    assert [invoice.external_id for invoice in sandbox.store.invoices()] == ["late"]
    assert sandbox.journal.entries()[0].status == 504


def test_the_journal_says_which_fault_struck_and_what_the_request_came_to(
    sandbox: Running,
) -> None:
    sandbox.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP), Fault(status=503))
    with pytest.raises(httpx.ReadError):
        sandbox.create()
    sandbox.create()
    sandbox.create({"type": "Bill"})

    seen = [(each.fault, each.status, each.outcome) for each in sandbox.journal.entries(_CREATE)]

    assert seen == [("commit_then_drop", None, 201), ("answer", 503, None), ("", 422, 422)]
