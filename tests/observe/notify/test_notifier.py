"""From the log to the channels, with clocks and channels that a test has in hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.observe.notify.memory import Memory
from ingestd.observe.notify.notices import Notices
from ingestd.observe.notify.notifier import Notifier
from ingestd.observe.notify.pace import AT_ONCE, NOT_YET, Pace
from tests.daemon.carrying import until
from tests.observe.notify.channels import PATIENCE, Carried, Way, passing
from tests.workbench import now

PAUSED = {"event": "account.paused", "level": "error", "account": "main", "error": "401"}
RESUMED = {"event": "account.resumed", "level": "info", "account": "main"}
FAILED = {"event": "document.failed", "level": "warning", "inbox": "s", "path": "a", "reason": "r"}
BROKE = {"event": "daemon.stopped", "level": "error", "error": "The disk failed."}


@pytest.fixture
def way() -> Iterator[Way]:
    way = Way()
    yield way
    way.let_go.set()


def notifier(folder: Path, *ways: Way, pace: Pace = AT_ONCE) -> Notifier:
    couriers = [Carried(way).courier for way in ways]
    return Notifier(Notices(pace), couriers, Memory(folder), time.monotonic, now)


def titles(way: Way) -> list[str]:
    return [message.title for message in way.taken]


def test_what_the_log_hears_reaches_every_channel(tmp_path: Path, way: Way) -> None:
    other = Way()
    told = notifier(tmp_path, way, other)
    told.start()

    told.hear(PAUSED)
    way.wait_for(1)
    told.hear(RESUMED)
    told.close(PATIENCE)

    assert titles(way) == titles(other) == ["Account main is paused", "Account main is back"]


def test_a_channel_that_hangs_delays_no_other_and_nobody_who_logs(tmp_path: Path, way: Way) -> None:
    hanging = Way(hangs=True, let_go=way.let_go)
    told = notifier(tmp_path, hanging, way)
    told.start()
    told.hear(PAUSED)
    hanging.wait_for(1, tried=True)

    told.hear(RESUMED)
    way.wait_for(2)
    told.close(0.0)

    assert hanging.taken == []


def test_what_was_heard_before_it_was_started_is_told(tmp_path: Path, way: Way) -> None:
    told = notifier(tmp_path, way)
    told.hear(FAILED)

    told.start()
    way.wait_for(1)
    told.close(PATIENCE)

    assert titles(way) == ["A document failed"]


class Asked(Notices):
    """Counts how often its notifier's thread woke up."""

    def __init__(self) -> None:
        super().__init__(AT_ONCE)
        self.by_thread = 0

    def next_due(self) -> float | None:
        self.by_thread += threading.current_thread() is not threading.main_thread()
        return super().next_due()


def test_comparisons_that_change_nothing_wake_nobody(tmp_path: Path, way: Way) -> None:
    asked = Asked()
    told = Notifier(asked, [Carried(way).courier], Memory(tmp_path), time.monotonic, now)
    told.start()
    until(lambda: asked.by_thread == 1)

    for _ in range(50):
        told.compare(lambda _: True)
        threading.Event().wait(0.002)

    assert asked.by_thread == 1
    told.close(PATIENCE)


def test_a_comparison_that_shows_an_end_has_it_told(tmp_path: Path, way: Way) -> None:
    asked = Asked()
    told = Notifier(asked, [Carried(way).courier], Memory(tmp_path), time.monotonic, now)
    told.start()
    until(lambda: asked.by_thread == 1)
    told.hear(PAUSED)
    until(lambda: asked.by_thread == 3)  # it told that, and sleeps again

    told.compare(lambda _: False)
    way.wait_for(2)
    told.close(PATIENCE)

    assert titles(way) == ["Account main is paused", "Account main is back"]


def test_one_that_was_never_started_tells_nothing(tmp_path: Path, way: Way) -> None:
    told = notifier(tmp_path, way)
    told.hear(FAILED)

    told.close(PATIENCE)

    assert way.taken == []


def test_what_is_left_at_the_end_is_tried_and_not_waited_for(tmp_path: Path) -> None:
    way = Way(passing(10))
    courier = Carried(way, waits=(3600.0,) * 4).courier
    told = Notifier(Notices(NOT_YET, AT_ONCE), [courier], Memory(tmp_path), time.monotonic, now)
    told.start()
    told.hear(FAILED)

    told.close(PATIENCE)

    assert way.tried in {1, 2}  # one may have been under way already


def test_the_next_process_tells_the_end_of_what_this_one_told(tmp_path: Path, way: Way) -> None:
    first = notifier(tmp_path, way)
    first.start()
    first.hear(PAUSED)
    first.close(PATIENCE)

    second = notifier(tmp_path, way)
    second.start()
    way.wait_for(2)
    second.close(PATIENCE)

    assert titles(way) == ["Account main is paused", "Account main is back"]
    assert Memory(tmp_path).read().troubles == ()


def test_it_says_what_is_wrong_and_does_not_show_otherwise(tmp_path: Path, way: Way) -> None:
    told = notifier(tmp_path, way)
    told.hear(PAUSED)

    assert told.compare(lambda _: True) == "main: 401"
    assert told.compare(lambda _: False) == ""


def test_one_that_is_started_again_and_again_tells_why_it_stops_once(
    tmp_path: Path, way: Way
) -> None:
    for _ in range(3):
        told = notifier(tmp_path, way, pace=Pace())
        told.start()
        told.hear(BROKE)
        told.close(PATIENCE)

    assert titles(way) == ["ingestd stopped"]
