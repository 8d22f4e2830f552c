"""Tokens: given, read from files, never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestd.errors import AccountTrouble, SettingsError
from ingestd.kanbert import BearerToken, TokenFile
from ingestd.kanbert.wire import Post

POST: Post = None  # type: ignore[assignment]  # never used by what does not fetch its token


def test_a_token_may_have_a_line_break_at_its_end() -> None:
    assert BearerToken("abc\n").token() == "abc"


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "a\r\nX-Evil: 1", "ä", "a\x00b"])
def test_what_is_no_token_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(SettingsError) as refused:
        BearerToken(token)

    assert refused.value.hint
    assert not token.strip() or token not in str(refused.value)


def test_a_token_never_shows() -> None:
    assert "abc" not in f"{BearerToken('abc')!r} {BearerToken('abc')}"


def test_a_token_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xef\xbb\xbf abc \r\n")

    assert TokenFile(file).token(POST) == "abc"


def test_a_file_written_anew_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    token = TokenFile(file)
    before = (token.token(POST), token.version())

    file.write_text("newer")

    assert before[0] == "old"
    assert token.token(POST) == "newer"
    assert token.version() != before[1]


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    os.utime(file, (1, 1))
    token = TokenFile(file)
    token.token(POST)

    (tmp_path / "next").write_text("new")
    os.utime(tmp_path / "next", (1, 1))
    (tmp_path / "next").rename(file)

    assert token.token(POST) == "new"


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    os.utime(file, (1, 1))
    token = TokenFile(file)
    token.token(POST)

    with file.open("r+") as same:
        same.write("new")
    os.utime(file, (1, 1))

    assert token.token(POST) == "old"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"one\ntwo", "more than one line"),
        (b"\xff\xfe", "more than one line, or letters"),
        (b"a b", "spaces"),
    ],
)
def test_a_file_without_a_token_is_trouble_that_says_what_to_do(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(AccountTrouble, match=why) as trouble:
        TokenFile(file).token(POST)

    assert str(trouble.value).startswith(f"The token file {file} cannot be used: ")
    assert "into that file" in trouble.value.hint


@pytest.mark.parametrize(("path", "what"), [("/tmp", "a folder"), ("/dev/null", "a device")])
def test_what_is_no_file_is_no_token_file(path: str, what: str) -> None:
    with pytest.raises(AccountTrouble, match=f"cannot be used: it is {what}"):
        TokenFile(path).token(POST)


def test_a_file_that_was_mended_is_used(tmp_path: Path) -> None:
    file = tmp_path / "token"
    token = TokenFile(file)
    with pytest.raises(AccountTrouble):
        token.token(POST)

    file.write_text("abc")

    assert token.token(POST) == "abc"


def test_a_rejected_token_is_replaced_only_by_another(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("abc")
    token = TokenFile(file)

    assert token.replace("older", POST)
    assert not token.replace("abc", POST)
    assert not BearerToken("abc").replace("abc", POST)


def test_a_token_file_shows_its_path_only(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cr3t")
    token = TokenFile(file)
    token.token(POST)

    assert str(file) in repr(token)
    assert "s3cr3t" not in repr(token)
