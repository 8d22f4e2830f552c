"""What is written of a request, whom answers are read by, and what is no answer to them."""

from __future__ import annotations

import subprocess
import sys

import h11
import httpcore
import pytest

from ingestd.kanbert import by_h11, by_httptools
from ingestd.kanbert.http1 import LONGEST_HEAD, Read, request_head
from tests.kanbert.readers import CHUNKED, OK, Came, came, came_if_at_all, chunked, each_reader

TWO = Came(b"{}")


@pytest.mark.parametrize(
    ("said", "to_h11", "to_llhttp"),
    [
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", TWO, None),
        (OK + b"Content-Length: 2, 2\r\n\r\n{}", TWO, None),
        (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", TWO, None),
        (
            OK + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n" + chunked(b"{}"),
            TWO,
            None,
        ),
        (
            OK + b"A: one\r\n two\r\nContent-Length: 2\r\n\r\n{}",
            Came(b"{}", headers={"a": "one two"}),
            None,
        ),
        (b"\r\n" + OK + b"Content-Length: 2\r\n\r\n{}", None, TWO),
        (b"HTTP/1.1 200 \0\r\nContent-Length: 2\r\n\r\n{}", None, TWO),
        (b"ICE/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", None, TWO),
        (
            OK + b"Content-Length: 2\r\n\r\n{}\r\n",
            Came(b"{}", leaves_connection_open=False),
            TWO,
        ),
        (
            OK + b"Proxy-Connection: close\r\nContent-Length: 2\r\n\r\n{}",
            Came(b"{}", headers={"proxy-connection": "close"}),
            Came(b"{}", leaves_connection_open=False, headers={"proxy-connection": "close"}),
        ),
    ],
)
def test_the_readers_differ_in_this(
    said: bytes, to_h11: Came | None, to_llhttp: Came | None
) -> None:
    assert came_if_at_all(by_h11.Answer, said) == to_h11
    assert came_if_at_all(by_httptools.Answer, said) == to_llhttp


@each_reader
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 020 OK\r\nContent-Length: 0\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 150 Hm\r\nContent-Length: 2\r\n\r\n{}" + OK + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + OK,
        OK + b"No colon\r\n\r\n",
        OK + b" folded: first\r\n\r\n",
        OK + b"A : b\r\n\r\n",
        OK + b": b\r\n\r\n",
        OK + b"A: b\0\r\n\r\n",
        OK + b"A: b\rC: d\r\n\r\n",
        OK + b"Content-Length: two\r\n\r\n{}",
        OK + b"Content-Length:\r\n\r\n{}",
        OK + b"Content-Length: -2\r\n\r\n{}",
        OK + b"Content-Length: 2, 3\r\n\r\n{}",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        OK + b"Content-Length: " + b"9" * 21 + b"\r\n\r\n{}",
        OK + b"Transfer-Encoding: gzip\r\n\r\n{}",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: 3\r\n\r\n{}",
        CHUNKED + b"3\r\non",
        CHUNKED + b"3\r\noneX\r\n0\r\n\r\n",
        CHUNKED + b"-3\r\none\r\n0\r\n\r\n",
        CHUNKED + b"3\r\none\r\n",
        CHUNKED + b"3\r\none\r\n0\r\n",
        CHUNKED + b"0\r\nno colon\r\n\r\n",
        CHUNKED + b"f" * 21 + b"\r\none",
    ],
)
def test_what_is_no_whole_answer_is_refused(read: Read, said: bytes) -> None:
    with pytest.raises(httpcore.RemoteProtocolError):
        came(read, said)


@each_reader
@pytest.mark.parametrize(
    "beginning",
    [OK + b"A: ", CHUNKED + b"1;", CHUNKED + b"1\r\na\r\n1;", CHUNKED + b"1\r\na\r\n0\r\nA: b"],
    ids=["head", "chunk's head", "second chunk's head", "trailers"],
)
@pytest.mark.parametrize("more", [b"a" * 1000, b"\r\nA: b" * 200], ids=["line", "lines"])
def test_no_more_is_read_of_what_is_no_body_than_a_head_may_have(
    read: Read, beginning: bytes, more: bytes
) -> None:
    taken = 0

    def endless() -> bytes:
        nonlocal taken
        taken += 1
        return more if taken > 1 else beginning

    with pytest.raises(httpcore.RemoteProtocolError):
        b"".join(read(endless).chunks())

    assert taken * len(more) < LONGEST_HEAD + 2 * len(beginning + more)


@each_reader
def test_a_server_that_hangs_up_instead_of_an_answer_is_said_to_have_done_so(read: Read) -> None:
    with pytest.raises(httpcore.RemoteProtocolError, match="disconnected"):
        came(read)


def test_why_llhttp_refuses_an_answer_is_told() -> None:
    with pytest.raises(httpcore.RemoteProtocolError, match="Invalid status code"):
        came(by_httptools.Answer, b"HTTP/1.1 abc\r\n\r\n")
    with pytest.raises(httpcore.RemoteProtocolError, match="no known length"):
        came(by_httptools.Answer, OK + b"Transfer-Encoding: gzip\r\n\r\n")


@pytest.mark.parametrize(
    ("before", "reader"), [("", by_httptools), ("sys.modules['httptools'] = None", by_h11)]
)
def test_answers_are_read_by_httptools_where_it_is_installed(before: str, reader: object) -> None:
    chosen = (
        f"import sys; {before}\nfrom ingestd.kanbert.direct import READ\nprint(READ.__module__)"
    )

    said = subprocess.run([sys.executable, "-c", chosen], check=True, capture_output=True).stdout

    assert said.decode().strip() == getattr(reader, "__name__", "")


def test_the_head_of_a_request_is_written_as_h11_reads_it() -> None:
    said = request_head("POST", b"/a?b=c", {"Host": "x", "Content-Length": "0", "A": "b c"})

    server = h11.Connection(h11.SERVER)
    server.receive_data(said)
    event = server.next_event()

    assert isinstance(event, h11.Request)
    assert (event.method, event.target) == (b"POST", b"/a?b=c")
    assert list(event.headers) == [(b"host", b"x"), (b"content-length", b"0"), (b"a", b"b c")]
    assert isinstance(server.next_event(), h11.EndOfMessage)


@pytest.mark.parametrize("bad", ["a\r\nB: c", "a\nb", "a\0", "a\x7f", "ä"])
def test_no_header_can_add_another_to_a_request(bad: str) -> None:
    with pytest.raises(httpcore.LocalProtocolError):
        request_head("GET", b"/", {"Authorization": bad})
    with pytest.raises(httpcore.LocalProtocolError):
        request_head("GET", b"/", {bad: "a"})
