"""Tables that are printed part by part."""

from __future__ import annotations

import pytest

from ingestd.cli.listing import Column, Listing, cut, width

COLUMNS = (Column("ID"), Column("TITLE", yields=True), Column("GROSS", right=True))


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_columns_are_as_wide_as_what_is_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    Listing(COLUMNS).add([["a", "Paper and pens", "1.00"], ["bcd", "", "1000.00"]])

    assert lines(capsys) == [
        "ID   TITLE             GROSS",
        "a    Paper and pens     1.00",
        "bcd                  1000.00",
    ]


def test_a_part_is_printed_when_it_comes_and_the_headings_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Listing(COLUMNS)

    table.add([["a", "b", "1.00"]])
    first = lines(capsys)
    table.add([["longer", "b", "1.00"]])

    assert first == ["ID  TITLE  GROSS", "a   b       1.00"]
    assert lines(capsys) == ["longer  b       1.00"]


def test_columns_do_not_become_narrower_again(capsys: pytest.CaptureFixture[str]) -> None:
    table = Listing(COLUMNS)

    table.add([["longer", "b", "1.00"]])
    table.add([["a", "b", "1.00"]])

    assert lines(capsys)[-1] == "a       b       1.00"


def test_an_empty_part_prints_nothing_and_begins_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Listing(COLUMNS)

    table.add([])

    assert lines(capsys) == []
    assert not table.begun


def test_where_there_is_no_room_the_yielding_column_is_cut(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Listing(COLUMNS, room=26).add([["abc", "Paper and pens and ink", "1.00"]])

    assert lines(capsys) == ["ID   TITLE           GROSS", "abc  Paper and pen…   1.00"]


def test_but_not_so_far_that_nothing_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    Listing(COLUMNS, room=10).add([["abc", "Paper and pens and ink", "1.00"]])

    assert lines(capsys)[1] == "abc  Paper and p…   1.00"


def test_without_a_terminal_nothing_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    Listing(COLUMNS).add([["abc", "x" * 300, "1.00"]])

    assert "x" * 300 in lines(capsys)[1]


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("äöü", 3), ("a\u0308", 1), ("発注", 4), ("", 0)]
)
def test_letters_take_what_a_terminal_gives_them(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "room", "left"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("発注書", 4, "発…")]
)
def test_a_text_is_cut_to_its_room(text: str, room: int, left: str) -> None:
    assert cut(text, room) == left
