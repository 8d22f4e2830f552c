from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ingestd.describe.days import day

MAY_4 = date(2026, 5, 4)


DAYS = [
    "2026-05-04", "2026.05.04", "2026_05_04", "2026 05 04", "2026-5-4", "20260504",
    "04.05.2026", "4.5.2026", " 2026-05-04 ",
]  # fmt: skip
NO_DAYS = [
    "32.13.2026", "2026-02-29", "20261301", "00.05.2026",
    "04-05-2026", "05/04/2026", "04_05_2026", "04.05.26", "26-05-04", "040526",
    "2026-05.04", "202654", "12345678", "2026", "May 2026", "", "x", "\u0662026-05-04",
    "2026-05-04T", "2026-05-04Tx", "2026-05-04 x",
]  # fmt: skip


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert day(text) == MAY_4


@pytest.mark.parametrize("text", ["2026-05-04T08:30:00Z", "20260504T083000Z"])
def test_a_moment_keeps_its_time(text: str) -> None:
    assert day(text) == datetime(2026, 5, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_or_may_be_another_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is no date such as 2026-05-04"):
        day(text)
