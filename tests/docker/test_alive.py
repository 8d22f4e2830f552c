"""docker/ingestd-alive is asked by the container engine whether the daemon is well."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docker" / "ingestd-alive"


def ask(heartbeat: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "INGESTD_HEARTBEAT_FILE": str(heartbeat)}
    return subprocess.run([SCRIPT], env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "age",
    [0, 60, -86_400],  # the last: the clock was set back since
)
def test_a_heartbeat_of_now_is_life(tmp_path: Path, age: int) -> None:
    heartbeat = tmp_path / "with a space"
    heartbeat.touch()
    os.utime(heartbeat, (time.time() - age,) * 2)

    answer = ask(heartbeat)

    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_heartbeat_of_long_ago_is_none(tmp_path: Path) -> None:
    heartbeat = tmp_path / "heartbeat"
    heartbeat.touch()
    os.utime(heartbeat, (time.time() - 600,) * 2)

    answer = ask(heartbeat)

    assert answer.returncode == 1
    assert answer.stdout == f"ingestd has not touched {heartbeat} for two minutes.\n"


def test_no_heartbeat_is_none(tmp_path: Path) -> None:
    assert ask(tmp_path / "heartbeat").returncode == 1
