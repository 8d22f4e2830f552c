"""Apprise itself, sending to a program on this machine."""

from __future__ import annotations

import logging
import socket

import pytest

from ingestd.observe.notify.channel import NotSent
from ingestd.observe.notify.message import of_end, of_test
from ingestd.observe.notify.service import Service, missing
from tests.kanbert.servers import Server, answer, answering, read_request, serving
from tests.observe.notify.listening import bodies

# it imports all of its services at once, with what some of those still use of old Pythons
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_message_is_sent_with_its_title() -> None:
    with serving(answering(answer(200))) as server:
        service = Service(f"json://{server.address}/s3cr3t", number=1, host="nas")
        service.send(of_test())
        service.send(of_end("account.paused", ["main"]))

    sent = [(body["title"], body["message"], body["type"]) for body in bodies(server)]
    assert sent == [
        ("ingestd on nas: This is a test", "Messages of ingestd arrive here.", "success"),
        ("ingestd on nas: Account main is back", "main: all is well again.", "success"),
    ]


def test_why_it_failed_is_what_apprise_says_without_the_address(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with serving(answering(answer(500))) as server:
        url = f"json://kim:s3cr3t-password@{server.address}/s3cr3t-path"
        service = Service(url, number=1, host="nas")
        with pytest.raises(NotSent) as error:
            service.send(of_test())

    assert "error=500" in str(error.value)
    assert "s3cr3t" not in str(error.value)
    assert not error.value.lasting
    assert capfd.readouterr() == ("", "")
    ours = [one for one in logging.getLogger("apprise").handlers if "ingestd" in repr(type(one))]
    assert ours == []


def test_the_host_is_not_told_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(NotSent, match=r"\[hidden\]") as error:
        Service(f"json://127.0.0.1:{port}", number=1, host="nas").send(of_test())

    assert "127.0.0.1" not in str(error.value)


def test_what_apprise_says_of_another_service_is_not_told() -> None:
    def say_something(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        logging.getLogger("apprise").warning("another's s3cr3t")
        connection.sendall(answer(500))

    with serving(say_something) as server, pytest.raises(NotSent) as error:
        Service(f"json://{server.address}", number=1, host="nas").send(of_test())

    assert "another's" not in str(error.value)


def test_an_address_that_apprise_does_not_know_is_not_tried_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(NotSent) as error:
        Service("nonsense://s3cr3t-token", number=1, host="nas").send(of_test())

    assert error.value.lasting
    assert "s3cr3t" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_people_know_it_by_its_kind_and_place() -> None:
    assert Service("tgram://token/chat", number=2, host="").name == "tgram (number 2 of urls)"


@pytest.mark.parametrize(("found", "is_missing"), [(None, True), (object(), False)])
def test_apprise_may_not_be_installed(found: object | None, *, is_missing: bool) -> None:
    assert missing(lambda _: found) == is_missing
