"""Which observers the settings ask for."""

from __future__ import annotations

from ingestd import config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.observers import Observer
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.times import Times
from ingestd.observe import Audience


def observers_of(
    settings: config.Settings, fleet: Fleet, times: Times, audience: Audience
) -> list[Observer]:
    """Make everyone who tells of the fleet, and who hears of what happens to it."""
    del audience  # nobody listens yet
    return [Reporting(config.state_dir(settings), fleet, times)]
