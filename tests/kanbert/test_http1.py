"""What is read of an answer, held against what h11 reads of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import h11
import httpcore
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestd.kanbert.http1 import LONGEST_HEAD, Answer, Arriving, request_head

_FRAMING = {"content-length", "transfer-encoding"}
"""Headers that h11 writes anew."""

OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Read:
    """All that an answer came to."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    leaves_connection_open: bool


def read(*pieces: bytes) -> Read:
    left = iter(pieces)
    answer = Answer(Arriving(lambda: next(left, b"")))
    body = b"".join(answer.chunks())
    headers = {name: value for name, value in answer.headers.items() if name not in _FRAMING}
    return Read(answer.status, headers, body, answer.leaves_connection_open)


def read_by_h11(said: bytes) -> Read:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(said)
    status, headers, body = 0, dict[str, str](), b""
    for event in _events(connection):
        if isinstance(event, h11.Response):
            status = event.status_code
            for name, value in event.headers:
                key, text = name.decode(), value.decode("latin-1")
                if key not in _FRAMING:
                    headers[key] = f"{headers[key]}, {text}" if key in headers else text
        elif isinstance(event, h11.Data):
            body += event.data
    finished = {connection.our_state, connection.their_state} == {h11.DONE}
    return Read(status, headers, body, finished and connection.trailing_data == (b"", False))


def _events(connection: h11.Connection) -> Iterator[object]:
    ended = False
    while not isinstance(event := connection.next_event(), h11.EndOfMessage | h11.PAUSED):
        if event is h11.NEED_DATA:
            assert not ended
            connection.receive_data(b"")
            ended = True
        yield event


def test_a_connection_with_more_to_say_is_not_left_open() -> None:
    assert not read(OK + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n").leaves_connection_open


def test_a_connection_is_not_left_open_before_the_answer_was_read() -> None:
    left = iter([OK + b"Content-Length: 2\r\n\r\n", b"{}"])
    answer = Answer(Arriving(lambda: next(left, b"")))
    before = answer.leaves_connection_open

    body = b"".join(answer.chunks())

    assert (before, body, answer.leaves_connection_open) == (False, b"{}", True)


def cut(said: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(said) + 1) for place in places), len(said)]
    pieces = [said[a:b] for a, b in itertools.pairwise(edges)]
    return [piece for piece in pieces if piece]


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) + end


SOUND = [
    OK + b"Content-Length: 2\r\n\r\n{}",
    OK + b"content-length:2\r\n\r\n{}",
    OK + b"Content-Length: 2, 2\r\nContent-Length: 2\r\n\r\n{}",
    OK + b"Content-Length: 0\r\n\r\n",
    OK + b"\r\nuntil it hangs up",
    OK + b"\r\n",
    OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b"one", b"two" * 20),
    OK + b"Transfer-Encoding: Chunked\r\n\r\n" + chunked(b"one", end=b"000\r\nA: b\r\n\r\n"),
    OK + b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\none\r\n0\r\n\r\n",
    OK + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n" + chunked(b"one"),
    OK + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}",
    OK + b"Connection: x, Close\r\nContent-Length: 2\r\n\r\n{}",
    OK + b"Connection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
    b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n{}",
    OK + b"A: b\r\nA:\t c \r\nContent-Length: 0\r\n\r\n",
    OK + b"A: one\r\n two\r\nB:\r\nC: \xe4\r\nContent-Length: 0\r\n\r\n",
]


@pytest.mark.parametrize("said", SOUND)
@settings(deadline=None)
@given(places=st.lists(st.integers(0, 1000), max_size=8))
def test_an_answer_is_read_as_h11_reads_it_however_it_is_cut(
    said: bytes, places: list[int]
) -> None:
    assert read(*cut(said, places)) == read_by_h11(said)


@pytest.mark.parametrize("said", SOUND)
def test_an_answer_is_read_byte_by_byte_as_at_once(said: bytes) -> None:
    by_byte = read(*(said[i : i + 1] for i in range(len(said))))

    assert (by_byte.status, by_byte.body) == (read(said).status, read(said).body)


@settings(deadline=None)
@given(
    said=st.sampled_from(SOUND),
    place=st.integers(0, 200),
    there=st.integers(0, 3),
    instead=st.binary(max_size=3),
)
@example(OK + b"Content-Length: 2\r\n\r\n{}", len(OK) + 16, 1, b"+")
def test_a_damaged_answer_is_refused_or_read_as_h11_reads_it(
    said: bytes, place: int, there: int, instead: bytes
) -> None:
    damaged = said[:place] + instead + said[place + there :]
    try:
        ours = read(damaged)
    except httpcore.RemoteProtocolError:
        return

    assert ours == read_by_h11(damaged)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
        OK + b"No colon\r\n\r\n",
        OK + b" folded: first\r\n\r\n",
        OK + b"A : b\r\n\r\n",
        OK + b"A: b\0\r\n\r\n",
        OK + b"A: b\rC: d\r\n\r\n",
        OK + b"Content-Length: two\r\n\r\n{}",
        OK + b"Content-Length: -2\r\n\r\n{}",
        OK + b"Content-Length: 2, 3\r\n\r\n{}",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        OK + b"Content-Length: " + b"9" * 21 + b"\r\n\r\n{}",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Content-Length: 3\r\n\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\non",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\noneX\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-3\r\none\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_is_refused(said: bytes) -> None:
    with pytest.raises(httpcore.RemoteProtocolError):
        read(said)


@pytest.mark.parametrize(
    "beginning",
    [
        OK + b"A: ",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1;",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n",
    ],
    ids=["head", "chunk's head", "chunk's end", "trailers"],
)
@pytest.mark.parametrize("more", [b"a" * 1000, b"A: b\r\n" * 100], ids=["line", "lines"])
def test_no_more_is_read_of_what_is_no_body_than_a_head_may_have(
    beginning: bytes, more: bytes
) -> None:
    taken = 0

    def endless() -> bytes:
        nonlocal taken
        taken += 1
        return more if taken > 1 else beginning

    with pytest.raises(httpcore.RemoteProtocolError):
        b"".join(Answer(Arriving(endless)).chunks())

    assert taken * len(more) < LONGEST_HEAD + 2 * len(beginning + more)


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
