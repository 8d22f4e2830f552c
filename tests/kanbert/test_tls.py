"""How much is read, where requests go, and whom they trust."""

from __future__ import annotations

import errno
import gzip
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from ingestd.errors import (
    AccountTrouble,
    OutcomeUnknown,
    SettingsError,
    Unavailable,
)
from ingestd.kanbert import BearerToken, Kanbert, trust
from ingestd.kanbert.tls import ReadLater
from tests.kanbert import certificates
from tests.kanbert.connected import INVOICE, SOME, client, create
from tests.kanbert.doubles import TOKEN
from tests.kanbert.servers import (
    Server,
    answer,
    answering,
    read_request,
    serving,
)


def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    sent: list[int] = []

    def pour(server: Server, connection: socket.socket) -> None:
        read_request(server, connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            connection.sendall(bytes(100_000))
            sent.append(100_000)

    with (
        serving(pour) as server,
        client(server) as kanbert,
        pytest.raises(OutcomeUnknown, match="larger than 1048576 bytes"),
    ):
        kanbert.list()

    assert sum(sent) < 50_000_000


def test_a_bomb_in_gzip_is_no_answer() -> None:
    bomb = gzip.compress(b" " * 50_000_000)

    with (
        serving(answering(answer(200, bomb, "Content-Encoding: gzip"))) as server,
        client(server) as kanbert,
        pytest.raises(OutcomeUnknown, match="larger than"),
    ):
        kanbert.list()


def test_an_answer_in_gzip_is_read() -> None:
    packed = gzip.compress(b'{"data": [{"id": "a"}]}')

    with (
        serving(answering(answer(200, packed, "Content-Encoding: gzip"))) as server,
        client(server) as kanbert,
    ):
        assert kanbert.list().data[0].id == "a"


def test_an_error_in_many_megabytes_is_still_that_error() -> None:
    debug_page = answer(404, b"<html>" + b"x" * 2_000_000, "Content-Type: text/html")

    with (
        serving(answering(debug_page)) as server,
        client(server) as kanbert,
        pytest.raises(AccountTrouble),
    ):
        kanbert.get("a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(status: int) -> None:
    with serving(answering(INVOICE)) as target:
        redirect = answer(status, b"", f"Location: http://{target.address}/api/v1")
        with (
            serving(answering(redirect)) as server,
            client(server) as kanbert,
            pytest.raises(AccountTrouble) as raised,
        ):
            create(kanbert)

    assert "base_url" in raised.value.hint
    assert target.connections == 0


def test_a_trusted_certificate_is_accepted(certified: Any) -> None:
    pem, tls = certified

    with (
        serving(answering(INVOICE), tls) as server,
        client(server, "https", ca_bundle=pem) as kanbert,
    ):
        create(kanbert, SOME)

    assert server.heard[0].endswith(b"--\r\n")
    assert SOME in server.heard[0]


def test_two_clients_trust_by_the_same_list_of_certificates(certified: Any) -> None:
    pem, tls = certified
    trusted = trust(pem)

    for ours in (trusted, trust(trusted)):
        with (
            serving(answering(INVOICE), tls) as server,
            client(server, "https", ca_bundle=ours) as kanbert,
        ):
            create(kanbert)
    assert trust(trusted) is trusted


def test_who_is_trusted_is_read_once_and_not_before_a_server_shows_its_certificate(
    certified: Any,
) -> None:
    pem, tls = certified
    read = []

    def trust_him(context: ssl.SSLContext) -> None:
        read.append(context)
        context.load_verify_locations(pem)

    trusted = ReadLater(ssl.PROTOCOL_TLS_CLIENT, trust_him)
    with (
        serving(answering(INVOICE)) as plain,
        client(plain, ca_bundle=trusted) as kanbert,
    ):
        create(kanbert)
    read_for_plain = len(read)
    with (
        serving(answering(INVOICE), tls) as server,
        client(server, "https", ca_bundle=trusted) as kanbert,
    ):
        create(kanbert)
        kanbert.close()
        create(kanbert)

    assert (read_for_plain, len(read)) == (0, 1)


def test_what_is_no_file_is_no_bundle() -> None:
    with pytest.raises(SettingsError, match="ca_bundle /dev/null cannot be used: it is a device"):
        trust("/dev/null")


def test_whom_the_system_trusts_is_read_later() -> None:
    assert isinstance(trust(None), ReadLater)


def test_who_is_trusted_is_read_again_where_that_failed(certified: Any) -> None:
    pem, tls = certified
    tries = []

    def fail_once(context: ssl.SSLContext) -> None:
        tries.append(context)
        if len(tries) == 1:
            raise OSError(errno.EIO, "the disk is slow today")
        context.load_verify_locations(pem)

    trusted = ReadLater(ssl.PROTOCOL_TLS_CLIENT, fail_once)
    with (
        serving(answering(INVOICE), tls) as server,
        client(server, "https", ca_bundle=trusted) as kanbert,
    ):
        with pytest.raises(Unavailable, match="no connection"):
            create(kanbert)
        create(kanbert)

    assert len(tries) == 2


def test_an_unknown_certificate_is_refused_before_anything_is_sent(certified: Any) -> None:
    with (
        serving(answering(INVOICE), certified[1]) as server,
        client(server, "https") as kanbert,
        pytest.raises(AccountTrouble) as raised,
    ):
        create(kanbert)

    assert "CERTIFICATE_VERIFY_FAILED" in str(raised.value)
    assert "ca_bundle" in raised.value.hint
    assert server.heard == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    pem, tls = certificates.make(tmp_path, "elsewhere.example")

    with (
        serving(answering(INVOICE), tls) as server,
        client(server, "https", ca_bundle=pem) as kanbert,
        pytest.raises(AccountTrouble, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        create(kanbert)


def test_the_environment_has_no_say_in_certificates(
    certified: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, tls = certified
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))

    with (
        serving(answering(INVOICE), tls) as server,
        client(server, "https") as kanbert,
        pytest.raises(AccountTrouble, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        create(kanbert)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_bundle_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsError, match=r"ca_bundle .*ca\.pem") as refused:
        Kanbert("https://kanbert.invalid", BearerToken(TOKEN), ca_bundle=file)

    assert refused.value.hint


def test_a_small_request_is_encrypted_as_one(certified: Any) -> None:
    pem, tls = certified
    heard: list[bytes] = []

    def hear_a_record(_: Server, connection: socket.socket) -> None:
        heard.append(connection.recv(100_000))  # of TLS, never more than one
        connection.sendall(INVOICE)

    with (
        serving(hear_a_record, tls) as server,
        client(server, "https", ca_bundle=pem) as kanbert,
    ):
        create(kanbert)

    assert heard[0].startswith(b"POST ")
    assert heard[0].endswith(b"--\r\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_document_arrives_as_it_is(certified: Any, scheme: str) -> None:
    pem, tls = certified
    document = b"%PDF-" + bytes(range(256)) * 10_000

    with (
        serving(answering(INVOICE), tls if scheme == "https" else None) as server,
        client(server, scheme, ca_bundle=pem) as kanbert,
    ):
        create(kanbert, document)

    assert b"\r\n\r\n" + document + b"\r\n--" in server.heard[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_long_answer_is_read_whole(certified: Any, scheme: str) -> None:
    pem, tls = certified
    page = b'{"data": [%b]}' % b",".join(b'{"id": "%d"}' % number for number in range(20_000))

    with (
        serving(answering(answer(200, page)), tls if scheme == "https" else None) as server,
        client(server, scheme, ca_bundle=pem) as kanbert,
    ):
        assert len(kanbert.list().data) == 20_000
