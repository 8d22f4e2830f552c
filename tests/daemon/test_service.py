"""What systemd is told of the daemon."""

from __future__ import annotations

import pytest

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.service import Service, status_of
from ingestd.errors import InboxUnavailable
from tests.daemon.doubles import FakeClock
from tests.daemon.fleets import Situation, Told, ended, fleet_of


@pytest.mark.parametrize(
    ("fleet", "status"),
    [
        pytest.param(fleet_of(Situation()), "1 inbox", id="nothing to do"),
        pytest.param(
            fleet_of(Situation(waiting=1), Situation(waiting=2), paused=1),
            "2 inboxes, 3 waiting, 1 paused",
            id="an account is paused",
        ),
        pytest.param(
            fleet_of(
                Situation(hangs=True),
                Situation(suspect="A setting is wrong."),
                Situation(trouble=InboxUnavailable("It is gone.")),
            ),
            "3 inboxes, 3 not served",
            id="a person is needed",
        ),
        pytest.param(
            fleet_of(Situation(watching=ended())),
            "The inbox inbox-0 is not served any more: the thread that watches it has ended.",
            id="it fails",
        ),
        pytest.param(
            fleet_of(Situation(), Situation(waiting=1, leaving=True)),
            "1 inbox",
            id="one leaves",
        ),
        pytest.param(
            fleet_of(Situation(), reloading=True), "Reading the settings again", id="it reloads"
        ),
    ],
)
def test_the_status_is_what_it_is_doing(fleet: Fleet, status: str) -> None:
    assert status_of(fleet) == status


def test_the_first_turn_is_the_end_of_the_start() -> None:
    systemd = Told()

    Service(fleet_of(Situation()), systemd, FakeClock()).turn()

    assert systemd.heard == [("READY=1", "STATUS=1 inbox")]


def test_what_systemd_knows_it_is_not_told_again() -> None:
    systemd = Told()
    service = Service(fleet_of(Situation()), systemd, FakeClock())

    service.turn()
    service.turn()

    assert len(systemd.heard) == 1


def test_reading_the_settings_again_is_told_with_its_time_and_its_end() -> None:
    systemd, fleet = Told(), fleet_of(Situation())
    service = Service(fleet, systemd, FakeClock(12.5))
    service.turn()

    fleet.reloading = True
    service.turn()
    fleet.reloading = False
    service.turn()

    assert systemd.heard[1:] == [
        ("RELOADING=1", "MONOTONIC_USEC=12500000", "STATUS=Reading the settings again"),
        ("READY=1", "STATUS=1 inbox"),
    ]


def test_a_daemon_that_begins_to_end_says_so() -> None:
    systemd = Told()

    Service(fleet_of(), systemd, FakeClock()).stopping()

    assert systemd.heard[0][0] == "STOPPING=1"
