"""Which observers the settings ask for, and how often they have to look."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

from ingestd import config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.observers import Observer
from ingestd.daemon.pulse import Pulse
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.service import Service
from ingestd.daemon.times import Times
from ingestd.observe import Audience, Heartbeat, Log, Systemd

SIGNS = 3
"""Signs of life in the time after which one is missed: one that comes late kills nobody."""


def observers_of(
    settings: config.Settings,
    fleet: Fleet,
    times: Times,
    audience: Audience,
    log: Log,
    *,
    environ: Mapping[str, str] = os.environ,
) -> list[Observer]:
    """Make everyone who tells of the fleet, and who hears of what happens to it."""
    del audience  # nobody listens yet
    systemd, file = Systemd(environ), settings.heartbeat_file
    return [
        Reporting(config.state_dir(settings), fleet, times),
        Service(fleet, systemd, times.clock),
        Pulse(fleet, log, systemd, Heartbeat(file, log) if file else None),
    ]


def longest_pause(environ: Mapping[str, str] = os.environ) -> float:
    """Seconds until the observers must look again, for a watchdog may be waiting."""
    return Systemd(environ).watchdog / SIGNS or math.inf
