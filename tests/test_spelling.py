from __future__ import annotations

import pytest

from ingestd.spelling import did_you_mean, nearest

KNOWN = ["failed", "filed", "deliveredTo"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("faild", "failed"),
        ("fild", "filed"),
        ("FAILED", "failed"),
        ("deliverdto", "deliveredTo"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_known_word_is_found_whatever_its_case(word: str, meant: str) -> None:
    assert nearest(word, KNOWN) == meant


def test_whoever_misspelt_is_asked_whether_they_meant_it() -> None:
    assert did_you_mean("faild", KNOWN) == 'Did you mean "failed"?'


def test_nothing_is_asked_where_no_known_word_is_like_it() -> None:
    assert did_you_mean("zzz", KNOWN) == ""
