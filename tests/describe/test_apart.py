"""Searching in a process of its own."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator

import pytest

from ingestd.describe.apart import SearchApart, TookTooLong, start
from ingestd.describe.search import Found, search

FOR_EVER = "(?P<title>(a+)+)$"
HOSTILE = "a" * 60 + "!"


Processes = list[subprocess.Popen[str]]


@pytest.fixture
def started() -> Processes:
    """The processes that were started."""
    return []


@pytest.fixture
def apart(started: Processes) -> Iterator[SearchApart]:
    def start_one() -> subprocess.Popen[str]:
        started.append(start())
        return started[-1]

    made = SearchApart(start_one)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        (r"(?P<title>\d+)(?P<notes>x)?", ["a 17", "b 18"]),
        (r"(?P<title>\d+)", ["a", "b 18"]),
        (r"(?P<title>\d+)", ["a", "b"]),
        ("(?P<title>.+)", ["März \udce9 \ud83d \0 \u2028"]),
        ("(?P<title>ä)\n?", ["ä\nä"]),
    ],
    ids=["found", "in the second", "in none", "odd characters", "lines"],
)
def test_it_finds_what_would_be_found_here(
    apart: SearchApart, expression: str, texts: list[str]
) -> None:
    assert apart(expression, texts) == search(expression, texts)


def test_a_search_for_ever_ends(apart: SearchApart) -> None:
    with pytest.raises(TookTooLong):
        apart(FOR_EVER, [HOSTILE])


def test_after_a_search_for_ever_others_are_made(apart: SearchApart) -> None:
    with pytest.raises(TookTooLong):
        apart(FOR_EVER, [HOSTILE])

    assert apart("(?P<title>a)", ["a"]) == Found("a", {"title": (0, 1)})


def test_searches_share_a_process(apart: SearchApart, started: Processes) -> None:
    apart("a", ["a"])
    apart("b", ["b"])

    assert len(started) == 1


def test_a_process_that_something_ended_is_replaced(apart: SearchApart, started: Processes) -> None:
    apart("a", ["a"])
    started[0].kill()
    started[0].wait()

    assert apart("(?P<title>a)", ["a"]) == Found("a", {"title": (0, 1)})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_ends_the_daemon_leaves_searches_to_documents_under_way(
    apart: SearchApart, started: Processes, number: signal.Signals
) -> None:
    apart("a", ["a"])
    started[0].send_signal(number)

    apart("a", ["a"])

    assert len(started) == 1


def test_its_process_ends_with_it(apart: SearchApart, started: Processes) -> None:
    apart("a", ["a"])

    apart.close()

    assert started[0].returncode == 0


def test_nothing_is_started_before_it_is_needed(apart: SearchApart, started: Processes) -> None:
    apart.close()

    assert started == []
