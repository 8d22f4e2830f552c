"""The ids of documents, which are names of folders as well."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from ingestd.daemon.folders import new_id

MOMENTS = st.floats(0, 2**37)  # until the year 6325


@given(MOMENTS, st.floats(0.002, 1e9))
def test_a_later_id_sorts_behind(moment: float, passed: float) -> None:
    assert new_id(lambda: moment) < new_id(lambda: moment + passed)


@given(MOMENTS)
def test_ids_of_one_moment_differ(moment: float) -> None:
    assert len({new_id(lambda: moment) for _ in range(10)}) == 10


@given(MOMENTS)
def test_every_id_is_a_plain_name_of_one_length(moment: float) -> None:
    made = new_id(lambda: moment)

    assert len(made) == 32
    assert set(made) <= set(string.hexdigits.lower())
