from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestd.names import MOST_NAMES, names_like, there_like

NAMES = (
    st.binary(min_size=1, max_size=255)
    .filter(lambda name: b"/" not in name and b"\0" not in name and name not in {b".", b".."})
    .map(os.fsdecode)
)
"""Every name a filesystem can hold, text or not."""

LONG = st.builds(
    lambda letter, times, suffix: (letter * times).encode()[: 255 - len(suffix)] + suffix,
    st.sampled_from(["a", "ä", "€", "😀", "e\u0301"]),
    st.integers(60, 255),
    st.sampled_from([b"", b".pdf", b".jpeg", b" (2).pdf", b" (10)", b"\xff.pdf"]),
).map(os.fsdecode)
"""Names at the limit, some cut within a character."""

names = given(name=NAMES | LONG, room_for=st.sampled_from([0, 11, 40]))


def first(count: int, name: str, room_for: int = 0) -> list[str]:
    return list(itertools.islice(names_like(name, room_for=room_for), count))


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("invoice.pdf", "invoice (2).pdf"),
        ("invoice", "invoice (2)"),
        ("invoice.tar.gz", "invoice.tar (2).gz"),
        ("invoice (2).pdf", "invoice (2) (2).pdf"),
        (".pdf", ".pdf (2)"),
        ("No. 7 of last year's invoices", "No. 7 of last year's invoices (2)"),
        ("r\udce9sum\udce9.pdf", "r\udce9sum\udce9 (2).pdf"),
    ],
)
def test_a_second_document_of_a_name_is_numbered(name: str, second: str) -> None:
    assert first(2, name) == [name, second]


@names
@example(name="a" * 247 + " (2).pdf", room_for=0)
@example(name="a" * 251 + " (2)", room_for=0)
def test_no_name_is_offered_twice(name: str, room_for: int) -> None:
    offered = first(25, name, room_for)

    assert len(set(offered)) == 25


@names
def test_every_name_leaves_the_room_asked_for(name: str, room_for: int) -> None:
    assert all(0 < len(os.fsencode(one)) <= 255 - room_for for one in first(12, name, room_for))


@names
def test_every_name_is_one_a_filesystem_gives_back(name: str, room_for: int) -> None:
    for one in first(12, name, room_for):
        assert os.fsdecode(os.fsencode(one)) == one
        assert not set(one) & {"/", "\0"}
        assert one not in {".", ".."}


@names
def test_every_name_has_the_type_of_the_first(name: str, room_for: int) -> None:
    suffix = os.path.splitext(name)[1]
    if len(os.fsencode(suffix)) <= 16:
        assert all(one.endswith(suffix) for one in first(12, name, room_for))


@names
def test_a_name_that_fits_is_offered_as_it_is(name: str, room_for: int) -> None:
    fits = len(os.fsencode(name)) <= 255 - room_for

    assert (first(1, name, room_for) == [name]) is fits


def test_a_name_is_shortened_by_whole_characters() -> None:
    assert first(1, "€" * 84 + ".pdf", room_for=11) == ["€" * 80 + ".pdf"]


def test_a_suffix_too_long_to_be_a_type_is_shortened_with_the_rest() -> None:
    assert first(2, "a." + "b" * 253) == ["a." + "b" * 253, "a." + "b" * 249 + " (2)"]


# ---- in a folder ---------------------------------------------------------------------------------


def test_what_lies_there_under_such_a_name_is_found_beyond_any_gap(tmp_path: Path) -> None:
    for name in ("a (2).pdf", "a (30).pdf", "a.pdf", "b.pdf", "a (2).txt", "a (x).pdf"):
        (tmp_path / name).touch()

    found = [path.name for path in there_like(tmp_path, "a.pdf")]

    assert found == ["a.pdf", "a (2).pdf", "a (30).pdf"]


def test_only_so_many_names_are_looked_for(tmp_path: Path) -> None:
    for number in (MOST_NAMES, MOST_NAMES + 1):
        (tmp_path / f"a ({number}).pdf").touch()

    assert [path.name for path in there_like(tmp_path, "a.pdf")] == [f"a ({MOST_NAMES}).pdf"]


def test_names_that_leave_room_are_looked_for_too(tmp_path: Path) -> None:
    (tmp_path / ("a" * 200 + ".pdf")).touch()

    found = list(there_like(tmp_path, "a" * 250 + ".pdf", room_for=51))

    assert [path.name for path in found] == ["a" * 200 + ".pdf"]
