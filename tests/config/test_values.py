from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestd.config.values import octets, octets_or_none, seconds, sidecars


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500ms", 0.5),
        ("2s", 2.0),
        ("1.5s", 1.5),
        ("10m", 600.0),
        ("1h", 3600.0),
        ("1d", 86400.0),
        ("1h30m", 5400.0),
        ("1h 30m", 5400.0),
        ("10 s", 10.0),
        ("0s", 0.0),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "2", "s", "2 seconds", "2S", "-2s", "2s!", "1,5s", "2s or so", "ms", "1e3s"]
)
def test_what_is_no_duration_is_said_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match='is not a duration; write it like "500ms"') as caught:
        seconds(text)

    assert f'"{text}"' in str(caught.value)


@pytest.mark.parametrize("value", [2, 2.5, True, None, ["2s"]])
def test_a_duration_without_a_unit_is_not_guessed(value: object) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0B", 0),
        ("1B", 1),
        ("500KB", 500_000),
        ("500 KB", 500_000),
        ("15MB", 15_000_000),
        ("15mb", 15_000_000),
        ("1.5MB", 1_500_000),
        ("2GB", 2_000_000_000),
        ("1KiB", 1024),
        ("15MiB", 15 * 1024 * 1024),
        ("1GiB", 1024**3),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, expected: int) -> None:
    assert octets(text) == expected


@pytest.mark.parametrize(
    "text", ["", "15", "MB", "15IB", "15iB", "15TB", "15 M", "-1MB", "1,5MB", "15MBs"]
)
def test_what_is_no_size_is_said_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match='is not a size; write it like "15MB"'):
        octets(text)


@pytest.mark.parametrize(("text", "expected"), [("", 0), ("10MB", 10_000_000)])
def test_a_size_that_may_be_empty_is_none_then(text: str, expected: int) -> None:
    assert octets_or_none(text) == expected


@pytest.mark.parametrize("value", [15, 1.5, None])
def test_a_size_without_a_unit_is_not_guessed(value: object) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        octets(value)


@given(st.text(alphabet="0123456789.smhdKMGIiB \n٣") | st.text())
def test_no_text_is_read_as_anything_but_a_number_or_an_error(text: str) -> None:
    for read in (seconds, octets):
        with contextlib.suppress(ValueError):
            assert read(text) >= 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [(True, True), (False, False), ("required", "required"), ("true", True), ("False", False)],
)
def test_whether_there_are_sidecars_is_said_in_three_ways(given: object, expected: object) -> None:
    assert sidecars(given) == expected


@pytest.mark.parametrize("given", ["yes", "", 1, None, ["required"]])
def test_any_other_way_is_said_with_the_three(given: object) -> None:
    with pytest.raises(ValueError, match='none of true, false and "required"'):
        sidecars(given)
