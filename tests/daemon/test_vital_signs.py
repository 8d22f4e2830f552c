"""Signs of life, for as long as every thread is at work."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import pytest

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.vital_signs import VitalSigns, ailment
from ingestd.errors import InboxUnavailable
from ingestd.observe import HeartbeatFile, open_log
from tests.daemon.fleets import Situation, Told, ended, fleet_of
from tests.observe.streams import lines

WELL = Situation()
UNWATCHED = Situation(watching=ended())
UNDELIVERED = Situation(a_worker_ended=True)


@pytest.mark.parametrize(
    ("fleet", "says"),
    [
        pytest.param(fleet_of(), "", id="no inbox"),
        pytest.param(fleet_of(WELL, WELL), "", id="all at work"),
        pytest.param(fleet_of(WELL, UNWATCHED), "inbox-1 .* watches", id="nobody watches"),
        pytest.param(fleet_of(UNDELIVERED), "inbox-0 .* delivers", id="a worker ended"),
        pytest.param(
            fleet_of(Situation(watching=threading.Thread())), "", id="nothing was started yet"
        ),
        pytest.param(
            fleet_of(Situation(watching=ended(), a_worker_ended=True, asked_to_end=True)),
            "",
            id="it was asked to end",
        ),
        pytest.param(
            fleet_of(Situation(hangs=True, trouble=InboxUnavailable("It hangs."))),
            "",
            id="a share that hangs: it was told of",
        ),
    ],
)
def test_what_ended_without_having_been_asked_to_is_named(fleet: Fleet, says: str) -> None:
    found = ailment(fleet)

    assert re.search(says, found)
    assert bool(found) == bool(says)


def test_each_turn_is_a_sign_of_life(tmp_path: Path) -> None:
    systemd, log = Told(), open_log(io.StringIO())
    signs = VitalSigns(fleet_of(WELL), log, systemd, HeartbeatFile(tmp_path / "heartbeat", log))

    signs.turn()

    assert systemd.heard == [("WATCHDOG=1",)]
    assert (tmp_path / "heartbeat").exists()


def test_a_thread_that_was_lost_ends_the_signs_and_is_told_of_once(tmp_path: Path) -> None:
    systemd, stream = Told(), io.StringIO()
    log = open_log(stream)
    signs = VitalSigns(
        fleet_of(UNWATCHED), log, systemd, HeartbeatFile(tmp_path / "heartbeat", log)
    )

    signs.turn()
    signs.turn()

    assert (systemd.heard, list(tmp_path.iterdir())) == ([], [])
    assert [line["event"] for line in lines(stream)] == ["daemon.failing"]


def test_a_manager_without_a_watchdog_is_not_told() -> None:
    systemd = Told(watchdog=0.0)

    VitalSigns(fleet_of(WELL), open_log(io.StringIO()), systemd, None).turn()

    assert systemd.heard == []


def test_a_daemon_that_ends_takes_its_heartbeat_file_away(tmp_path: Path) -> None:
    log = open_log(io.StringIO())
    signs = VitalSigns(fleet_of(WELL), log, Told(), HeartbeatFile(tmp_path / "heartbeat", log))
    signs.turn()

    signs.stopping()
    still_there = (tmp_path / "heartbeat").exists()
    signs.close()

    assert still_there
    assert list(tmp_path.iterdir()) == []
