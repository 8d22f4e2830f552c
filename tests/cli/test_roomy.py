from __future__ import annotations

import resource

from ingestd.cli.roomy import with_room

CALLS = 1000


def called() -> None:
    """Its frame is larger than what `pages` takes: at one depth or another it does not fit in."""


called.__code__ = called.__code__.replace(co_stacksize=100)


def pages(depth: int) -> int:
    """How often the system gave memory while a function was called so deep."""
    if depth:
        return pages(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        called()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_no_depth_is_one_where_each_call_is_given_memory_by_the_system() -> None:
    most = with_room(lambda: max(map(pages, range(300))))

    assert most < CALLS / 2


def test_what_was_called_is_given_back() -> None:
    assert with_room(lambda: "an answer") == "an answer"
