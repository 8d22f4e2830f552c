"""Which observers the settings ask for."""

from __future__ import annotations

from ingestd import config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.notification import notifying_of
from ingestd.daemon.observers import Observer
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.times import Times
from ingestd.observe import Audience, Log


def observers_of(
    settings: config.Settings,
    fleet: Fleet,
    times: Times,
    audience: Audience,
    log: Log,
    *,
    hurried: bool,
) -> list[Observer]:
    """Make everyone who tells of the fleet, and who hears of what happens to it.

    :param hurried: for a run that ends.
    :raises SettingsError: if what the settings ask for cannot be had.
    """
    observers: list[Observer] = [Reporting(config.state_dir(settings), fleet, times)]
    notifying = notifying_of(settings, fleet, times, log, audience, hurried=hurried)
    return [*observers, notifying] if notifying else observers
