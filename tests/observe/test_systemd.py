"""What reaches the service manager's socket, and what never does harm."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ingestd.observe import Systemd

OURS = 4711


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(10)
        yield listening


def test_lines_come_together_by_a_path(manager: socket.socket, tmp_path: Path) -> None:
    manager.bind(str(tmp_path / "notify"))

    Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")}).tell("READY=1", "STATUS=1 inbox")

    assert manager.recv(100) == b"READY=1\nSTATUS=1 inbox"


def test_a_name_that_only_the_kernel_has_is_reached_too(manager: socket.socket) -> None:
    name = f"ingestd-test-{uuid.uuid4()}"
    manager.bind(f"\0{name}")

    Systemd({"NOTIFY_SOCKET": f"@{name}"}).tell("STOPPING=1")

    assert manager.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", ["/no/such/socket", "@no-such-name", "vsock:2:1", "relative"])
def test_a_manager_that_cannot_be_reached_stops_nothing(address: str) -> None:
    Systemd({"NOTIFY_SOCKET": address}).tell("READY=1")


def test_a_manager_that_does_not_listen_holds_up_nobody_for_long(
    manager: socket.socket, tmp_path: Path
) -> None:
    manager.bind(str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as others, suppress(BlockingIOError):
        others.setblocking(False)
        while True:
            others.sendto(b"STATUS=", str(tmp_path / "notify"))

    Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")}).tell("READY=1")


def test_an_inbox_of_any_name_can_be_told_of(manager: socket.socket, tmp_path: Path) -> None:
    manager.bind(str(tmp_path / "notify"))

    Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")}).tell("STATUS=b\udcfcro")

    assert manager.recv(100) == b"STATUS=b?ro"


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        pytest.param({}, 0.0, id="nobody watches"),
        pytest.param({"WATCHDOG_USEC": "90000000"}, 90.0, id="whoever it is for"),
        pytest.param({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "4711"}, 0.5, id="for us"),
        pytest.param({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}, 0.0, id="for another"),
        pytest.param({"WATCHDOG_USEC": "soon"}, 0.0, id="no number"),
        pytest.param({"WATCHDOG_USEC": "-1"}, 0.0, id="no time"),
    ],
)
def test_a_watchdog_is_known_by_its_seconds(environ: dict[str, str], seconds: float) -> None:
    assert Systemd(environ, pid=OURS).watchdog == seconds
