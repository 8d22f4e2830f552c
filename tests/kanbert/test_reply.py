"""Answers: how much of them is read, and how."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from ingestd.kanbert.reply import MAX_BYTES, CutShort, Reply, read_capped

MB = 1024 * 1024


def test_numbers_keep_every_digit() -> None:
    assert Reply(200, {}, b'{"a": 0.1, "b": 100000000.10}').json() == {
        "a": Decimal("0.1"),
        "b": Decimal("100000000.10"),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": 1e99999999999999999999}',
        b'{"a": -1.5e-99999999999999999999}',
    ],
)
def test_what_is_no_sound_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the parser's own words do not matter
        Reply(200, {}, body).json()


def test_many_brackets_side_by_side_are_fine() -> None:
    assert len(Reply(200, {}, b"[" + b"[],".ljust(3) * 200 + b"[]]").json()) == 201


def test_an_answer_cut_short_is_no_json() -> None:
    with pytest.raises(ValueError, match="broken gzip"):
        Reply(200, {}, b"{}", "broken gzip").json()


@pytest.mark.parametrize(
    ("headers", "body", "is_page"),
    [
        ({"content-type": "text/html"}, b"", True),
        ({"content-type": "application/xhtml+xml"}, b"", True),
        ({}, b"\n <!doctype html>", True),
        ({}, b"\xef\xbb\xbf<html>", True),
        ({}, b"\xef\xbb\xbf \r\n<html>", True),
        ({}, "\ufeff<html>".encode("utf-16-le"), True),
        ({}, "\ufeff<html>".encode("utf-16-be"), True),
        ({}, b"\xef\xbb\xbf{}", False),
        ({"content-type": "application/json"}, b"<html>", True),
        ({"content-type": "application/json"}, b"{}", False),
        ({}, b"", False),
    ],
)
def test_a_page_is_told_from_json(headers: dict[str, str], body: bytes, is_page: bool) -> None:
    assert Reply(200, headers, body).is_page is is_page


def test_a_secret_is_blotted_out() -> None:
    assert Reply(401, {}, b"bad token abcdefgh!").without("abcdefgh").body == b"bad token ***!"


@pytest.mark.parametrize("token", ["", "t", "testing"])
def test_a_token_too_short_to_be_a_secret_spoils_no_answer(token: str) -> None:
    assert Reply(422, {}, b"external_id testing").without(token).body == b"external_id testing"


def test_a_body_up_to_the_limit_is_read_whole() -> None:
    assert read_capped([b"x" * (MAX_BYTES - 1), b"y"], "") == (b"x" * (MAX_BYTES - 1) + b"y", "")


def test_a_body_beyond_the_limit_is_not_read_further() -> None:
    given: list[bytes] = []

    def too_much() -> Iterator[bytes]:
        for _ in range(10):
            given.append(b"x" * MB)
            yield given[-1]

    body, flaw = read_capped(too_much(), "")

    assert (len(body), flaw, len(given)) == (MAX_BYTES, "larger than 1048576 bytes", 2)


@pytest.mark.parametrize("name", ["gzip", "x-gzip", " GZIP "])
def test_gzip_is_undone(name: str) -> None:
    packed = gzip.compress(b'{"id": "a"}')

    assert read_capped([packed[:5], packed[5:]], name) == (b'{"id": "a"}', "")


def test_a_gzip_bomb_does_not_inflate() -> None:
    bomb = gzip.compress(bytes(50 * MB), 1)
    tracemalloc.start()

    body, flaw = read_capped([bomb], "gzip")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(body), flaw) == (MAX_BYTES, "larger than 1048576 bytes")
    assert peak < 8 * MB


def _empty_blocks() -> Iterator[bytes]:
    """Valid gzip that inflates to nothing."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    yield packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH)
    for _ in range(1000):
        yield b"\x00\x00\x00\xff\xff" * 20_000


def _rubbish_after_the_end() -> Iterator[bytes]:
    yield gzip.compress(b"{}")
    for _ in range(1000):
        yield bytes(100_000)


@pytest.mark.parametrize("chunks", [_empty_blocks, _rubbish_after_the_end])
def test_gzip_that_comes_to_nothing_is_not_read_for_ever(
    chunks: Callable[[], Iterator[bytes]],
) -> None:
    assert read_capped(chunks(), "gzip")[1] == "larger than 1048576 bytes"


@pytest.mark.parametrize(
    ("chunks", "encoding", "flaw"),
    [
        ([b"no gzip"], "gzip", "broken gzip"),
        ([gzip.compress(b"x")[:-4]], "gzip", "broken gzip"),
        ([], "gzip", "broken gzip"),
        ([b"x"], "br", "encoded as 'br', which was not asked for"),
        ([b"x"], "gzip, gzip", "encoded as 'gzip, gzip', which was not asked for"),
    ],
)
def test_what_cannot_be_decoded_is_said(chunks: list[bytes], encoding: str, flaw: str) -> None:
    assert read_capped(chunks, encoding)[1] == flaw


def test_what_came_before_the_end_is_kept() -> None:
    def cut() -> Iterator[bytes]:
        yield b"abc"
        raise CutShort("no answer in time")

    assert read_capped(cut(), "") == (b"abc", "no answer in time")
