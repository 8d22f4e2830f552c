"""Tables that are printed part by part."""

from __future__ import annotations

import pytest

from ingestd.cli.listing import Column, Listing, cut, folded, width

COLUMNS = (Column("ID"), Column("TITLE", least=12), Column("GROSS", right=True))


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


@pytest.mark.parametrize(
    ("room", "shown"),
    [(27, "abcdefghij  klmnopqrst  uvw"), (22, "abcdef…  klmnopq…  uvw"), (9, "abc…  klmn…  uvw")],
)
def test_of_several_that_yield_the_widest_is_the_first(
    capsys: pytest.CaptureFixture[str], room: int, shown: str
) -> None:
    columns = (Column("A", least=4), Column("B", least=5), Column("C"))

    Listing(columns, room=room).add([["abcdefghij", "klmnopqrst", "uvw"]])

    assert lines(capsys)[1] == shown


def test_of_a_path_the_end_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    Listing((Column("FILE", least=8, tail=True),), room=10).add([["/srv/done/a.pdf"]])

    assert lines(capsys)[1] == "…one/a.pdf"


def test_a_sentence_goes_on_below_itself(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (Column("FILE"), Column("", least=10, folds=True))

    Listing(columns, room=18).add([["a.pdf", "has no invoice"], ["b.pdf", "is new"]])

    assert lines(capsys)[1:] == ["a.pdf  has no", "       invoice", "b.pdf  is new"]


@pytest.mark.parametrize(
    ("room", "shown"),
    [(20, ["NAME    MD5", "a name  0123456789ab"]), (19, ["NAME", "a name"])],
)
def test_what_can_be_spared_is_left_out_where_there_is_no_room_for_all(
    capsys: pytest.CaptureFixture[str], room: int, shown: list[str]
) -> None:
    columns = (Column("NAME", least=4), Column("MD5", spare=True))

    Listing(columns, room=room).add([["a name", "0123456789ab"]])

    assert lines(capsys) == shown


def test_what_was_begun_with_stays_though_wider_parts_follow(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Listing((Column("NAME", least=4), Column("MD5", spare=True)), room=16)

    table.add([["a", "0123456789"]])
    table.add([["a name", "0123456789"]])

    assert lines(capsys)[2] == "a n…  0123456789"


@pytest.mark.parametrize("text", ["\x1b[31mabc\x1b[0m", "a\u0308bc", "発c"])
def test_what_is_not_one_letter_wide_shifts_nothing(
    capsys: pytest.CaptureFixture[str], text: str
) -> None:
    Listing((Column("A"), Column("B"))).add([["abcd", "1"], [text, "2"]])

    _, first, second = lines(capsys)
    assert width(first) == width(second)


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


def test_of_a_text_that_is_cut_the_end_can_be_kept() -> None:
    assert cut("発注書", 4, tail=True) == "…書"


@pytest.mark.parametrize(
    ("text", "room", "left"),
    [
        ("", 3, [""]),
        ("a bc d", 4, ["a bc", "d"]),
        ("a bcdefg h", 3, ["a", "bcd", "efg", "h"]),
        ("発注書", 4, ["発注", "書"]),
    ],
)
def test_a_text_is_folded_between_words_and_within_those_that_are_too_long(
    text: str, room: int, left: list[str]
) -> None:
    assert folded(text, room) == left
