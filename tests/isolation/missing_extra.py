"""A task on a machine without the extra it needs."""

from __future__ import annotations

EXTRA = "spare"


def task() -> object:
    import spare_part_that_is_not_here  # type: ignore[import-not-found]  # noqa: PLC0415 - as tasks do

    return spare_part_that_is_not_here
