"""A program is told as JSON; its answer is all that matters of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingestd import __version__
from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.heard import Remark
from ingestd.observe.notify.message import Message, of_remarks
from ingestd.observe.notify.webhook import Webhook
from tests.kanbert.servers import answer, answering, read_request, reset, serving
from tests.observe.notify.listening import bodies, heads

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FAILED = Remark("document.failed", "scanner", "a\n.pdf", "It is empty.", "Scan it again.")
MESSAGE = of_remarks("document.failed", [FAILED], 12)


def send(url: str, message: Message = MESSAGE, token: str = "") -> Webhook:
    webhook = Webhook(url, token=lambda: token, host="nas", now=lambda: NOON)
    webhook.send(message)
    return webhook


def test_it_is_sent_what_a_person_reads_and_what_that_is_made_of() -> None:
    with serving(answering(answer(204))) as server:
        send(f"http://{server.address}/hook?key=abcd")

    assert heads(server)[0].startswith("POST /hook?key=abcd HTTP/1.1\r\n")
    assert bodies(server) == [
        {
            "kind": "document.failed",
            "good": False,
            "title": "13 documents failed",
            "text": MESSAGE.text,
            "about": [
                {
                    "inbox": "scanner",
                    "name": "a\\n.pdf",
                    "reason": "It is empty.",
                    "hint": "Scan it again.",
                }
            ],
            "further": 12,
            "host": "nas",
            "time": "2026-05-01T12:00:00+00:00",
            "version": __version__,
        }
    ]


@pytest.mark.parametrize(("token", "sent"), [("t0ken", ["Bearer t0ken"]), ("", [])])
def test_a_token_is_sent_where_there_is_one(token: str, sent: list[str]) -> None:
    with serving(answering(answer(200))) as server:
        send(f"http://{server.address}/", token=token)

    lines = heads(server)[0].split("\r\n")
    assert [line.split(": ")[1] for line in lines if line.startswith("Authorization")] == sent


@pytest.mark.parametrize(
    ("status", "lasting"),
    [(301, True), (400, True), (401, True), (404, True), (408, False), (429, False), (500, False)],
)
def test_any_answer_but_a_2xx_is_a_failure(status: int, *, lasting: bool) -> None:
    with (
        serving(answering(answer(status, b"", "Location: /elsewhere"))) as server,
        pytest.raises(NotSent, match=f"It answered {status}") as error,
    ):
        send(f"http://{server.address}/")

    assert error.value.lasting == lasting
    assert len(server.heard) == 1  # redirects are not followed


def test_a_connection_that_breaks_may_be_tried_again() -> None:
    def hang_up(server: object, connection: object) -> None:
        read_request(server, connection)  # type: ignore[arg-type]
        reset(connection)  # type: ignore[arg-type]

    with serving(hang_up) as server, pytest.raises(NotSent) as error:
        send(f"http://{server.address}/")

    assert not error.value.lasting


@pytest.mark.parametrize("token", ["t0ken\nX: 1", "t0k\u00e4n"])
def test_a_token_that_cannot_be_sent_is_not_told(token: str) -> None:
    with serving(answering(answer(200))) as server, pytest.raises(NotSent) as error:
        send(f"http://{server.address}/", token=token)

    assert error.value.lasting
    assert "t0k" not in str(error.value)


def test_why_it_failed_tells_nothing_of_the_address() -> None:
    with pytest.raises(NotSent) as error:
        send("http://a-secret-host.invalid/s3cr3t-path")

    assert "s3cr3t" not in str(error.value)
    assert "a-secret-host" not in str(error.value)


def test_people_know_it_by_its_host() -> None:
    webhook = Webhook("https://n8n.example/hook/s3cr3t", token=str, host="", now=lambda: NOON)

    assert webhook.name == "webhook n8n.example"
