"""Who looks at the fleet, and how often."""

from __future__ import annotations

import math
import socket
from pathlib import Path

import pytest

from ingestd.config import Settings, load
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.observers import Observers
from ingestd.daemon.observing import longest_pause, posts
from tests.config.conftest import MINIMAL
from tests.daemon.fleets import Situation, fleet_of
from tests.daemon.standing import lookout
from tests.workbench import Bench


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    beat, file = tmp_path / "beat", tmp_path / "ingestd.toml"
    file.write_text(f"state_dir = '{tmp_path}'\nheartbeat_file = '{beat}'\n{MINIMAL}")
    return load(file, {})


def test_systemd_and_the_heartbeat_file_learn_of_the_first_turn(
    tmp_path: Path, settings: Settings, bench: Bench
) -> None:
    address = str(tmp_path / "notify")
    environ = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "90000000"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(10)
        observers = Observers(
            posts(tmp_path, lookout(Fleet(), bench), environ=environ), bench.stages.log
        )
        observers.take_up(observers.relief(settings))
        observers.turn()

        heard = [manager.recv(100) for _ in range(2)]
    assert heard == [b"READY=1\nSTATUS=0 inboxes", b"WATCHDOG=1"]
    assert (tmp_path / "beat").exists()


def test_nobody_is_told_where_nobody_is_named(tmp_path: Path, bench: Bench) -> None:
    there = set(tmp_path.iterdir())
    file = tmp_path / "ingestd.toml"
    file.write_text(f"state_dir = '{tmp_path}'\n{MINIMAL}")
    fleet = fleet_of(Situation(a_worker_ended=True))

    quiet = posts(tmp_path / "state", lookout(fleet, bench), environ={})[1:]
    observers = Observers(quiet, bench.stages.log)
    observers.take_up(observers.relief(load(file, {})))

    observers.turn()
    observers.stopping()
    observers.close()

    assert set(tmp_path.iterdir()) - there == {file}


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [({}, math.inf), ({"WATCHDOG_USEC": "10000000"}, 10 / 3)],
)
def test_a_watchdog_gets_three_signs_in_its_time(environ: dict[str, str], seconds: float) -> None:
    assert longest_pause(environ) == pytest.approx(seconds)
