"""The ids of documents, which are names of folders as well."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingestd.daemon.folders import new_id

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1_000_000)).map(
    lambda passed: datetime(1970, 1, 1, tzinfo=UTC) + passed
)


@given(MOMENTS, st.timedeltas(timedelta(milliseconds=2), timedelta(days=36500)))
def test_a_later_id_sorts_behind(moment: datetime, passed: timedelta) -> None:
    assert new_id(moment) < new_id(moment + passed)


@given(MOMENTS)
def test_ids_of_one_moment_differ(moment: datetime) -> None:
    assert len({new_id(moment) for _ in range(10)}) == 10


@given(MOMENTS)
def test_every_id_is_a_plain_name_of_one_length(moment: datetime) -> None:
    made = new_id(moment)

    assert len(made) == 32
    assert set(made) <= set(string.hexdigits.lower())
