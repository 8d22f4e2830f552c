"""What is read of an answer, by each of the libraries."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestd.kanbert import by_h11, by_httptools
from ingestd.kanbert.http1 import Read
from tests.kanbert.readers import CHUNKED, OK, Came, came, came_if_at_all, chunked, each_reader


@each_reader
@pytest.mark.parametrize(
    "more",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"H", b"{}", b"\0"],
)
def test_a_connection_with_more_to_say_is_not_left_open(read: Read, more: bytes) -> None:
    said = came(read, OK + b"Content-Length: 2\r\n\r\n{}" + more)

    assert said == Came(b"{}", leaves_connection_open=False)


@each_reader
def test_a_connection_is_not_left_open_before_the_answer_was_read(read: Read) -> None:
    left = iter([OK + b"Content-Length: 4\r\n\r\n{", b" ", b" }"])
    answer = read(lambda: next(left, b""))
    chunks = answer.chunks()
    open_after = [(answer.leaves_connection_open, chunk) for chunk in chunks]

    assert open_after[0] == (False, b"{")
    assert b"".join(chunk for _, chunk in open_after) == b"{  }"
    assert answer.leaves_connection_open


@each_reader
def test_a_connection_is_not_left_open_before_what_came_was_taken(read: Read) -> None:
    answer = read(lambda: OK + b"Content-Length: 2\r\n\r\n{}")

    assert not answer.leaves_connection_open


def cut(said: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(said) + 1) for place in places), len(said)]
    pieces = [said[a:b] for a, b in itertools.pairwise(edges)]
    return [piece for piece in pieces if piece]


HINTS = b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\n"
SOUND = [
    (OK + b"Content-Length: 2\r\n\r\n{}", Came(b"{}")),
    (OK + b"content-length:2 \r\n\r\n{}", Came(b"{}")),
    (OK + b"Content-Length: 0\r\n\r\n", Came(b"")),
    (OK + b"\r\nuntil it hangs up", Came(b"until it hangs up", leaves_connection_open=False)),
    (OK + b"\r\n", Came(b"", leaves_connection_open=False)),
    (CHUNKED + chunked(b"one", b"two" * 20), Came(b"one" + b"two" * 20)),
    (CHUNKED + chunked(b"one", end=b"000\r\nA: b\r\nB:\r\n\r\n"), Came(b"one")),
    (CHUNKED + b"3;a=b\r\none\r\n0\r\n\r\n", Came(b"one")),
    (OK + b"Transfer-Encoding: Chunked\r\n\r\n" + chunked(b"one"), Came(b"one")),
    (
        OK + b"Connection: x, Close\r\nContent-Length: 2\r\n\r\n{}",
        Came(b"{}", leaves_connection_open=False, headers={"connection": "x, Close"}),
    ),
    (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
        Came(b"{}", leaves_connection_open=False, headers={"connection": "keep-alive"}),
    ),
    (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", Came(b"{}")),
    (b"HTTP/1.1 204 No Content\r\n\r\n", Came(b"", status=204)),
    (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", Came(b"", status=304)),
    (
        HINTS + HINTS + b"HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n{}",
        Came(b"{}", status=422),
    ),
    (
        OK + b"A: b\r\na:\t c \r\nB:\r\nC: \xe4\r\nContent-Length: 0\r\n\r\n",
        Came(b"", headers={"a": "b, c", "b": "", "c": "ä"}),
    ),
]


@each_reader
@pytest.mark.parametrize(("said", "meant"), SOUND)
@settings(deadline=None)
@given(places=st.lists(st.integers(0, 1000), max_size=8))
def test_an_answer_is_read_the_same_however_it_is_cut(
    read: Read, said: bytes, meant: Came, places: list[int]
) -> None:
    assert came(read, *cut(said, places)) == meant


@each_reader
@pytest.mark.parametrize(("said", "meant"), SOUND)
def test_an_answer_is_read_byte_by_byte_as_at_once(read: Read, said: bytes, meant: Came) -> None:
    assert came(read, *(said[i : i + 1] for i in range(len(said)))) == meant


@each_reader
def test_a_body_in_a_hundred_thousand_chunks_is_read_whole(read: Read) -> None:
    said = CHUNKED + chunked(*[b"a"] * 100_000)

    pieces = (said[i : i + 65536] for i in range(0, len(said), 65536))

    assert len(came(read, *pieces).body) == 100_000


@settings(deadline=None)
@given(
    said=st.sampled_from([said for said, _ in SOUND]),
    place=st.integers(0, 200),
    there=st.integers(0, 3),
    instead=st.binary(max_size=3),
)
@example(OK + b"Content-Length: 2\r\n\r\n{}", len(OK) + 16, 1, b"+")
def test_no_damaged_answer_is_read_in_two_ways(
    said: bytes, place: int, there: int, instead: bytes
) -> None:
    damaged = said[:place] + instead + said[place + there :]
    ways = [came_if_at_all(read, damaged) for read in (by_h11.Answer, by_httptools.Answer)]

    meant = [replace(way, leaves_connection_open=False) for way in ways if way]

    assert meant[1:] in ([], meant[:1])
