"""Which observers there are, and how often they have to look."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ingestd import config
from ingestd.daemon.lookout import Lookout
from ingestd.daemon.measuring import Measuring
from ingestd.daemon.observers import Observer, Post
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.service import Service
from ingestd.daemon.vital_signs import VitalSigns
from ingestd.observe import HeartbeatFile, Systemd

SIGNS = 3
"""Signs of life in the time after which one is missed: one that comes late kills nobody."""


def posts(
    state_dir: Path, lookout: Lookout, *, environ: Mapping[str, str] = os.environ
) -> list[Post]:
    """A post for everyone who tells of the fleet, and who hears of what happens to it."""
    fleet, times, log = lookout.fleet, lookout.times, lookout.log
    systemd = Systemd(environ)

    def signs(file: Path | None) -> VitalSigns:
        return VitalSigns(fleet, log, systemd, HeartbeatFile(file, log) if file else None)

    return [
        Post(lambda _: None, lambda _: Reporting(state_dir, fleet, times)),
        Post(lambda _: None, lambda _: Service(fleet, systemd, times.clock)),
        Post(lambda it: it.heartbeat_file, lambda it: signs(it.heartbeat_file)),
        Post(_told, partial(_notifying, lookout=lookout), "notify"),
        *([] if lookout.hurried else Measuring(lookout).posts()),
    ]


def _told(settings: config.Settings) -> object:
    """Who is told, and how: a file that has another address by now makes it another."""
    return settings.notify, config.addresses(settings.notify)


def _notifying(settings: config.Settings, lookout: Lookout) -> Observer | None:
    if not config.addresses(settings.notify):
        return None
    # only here: twenty modules more, for those who are to be notified
    from ingestd.daemon.notification import notifying_of  # noqa: PLC0415

    return notifying_of(settings, lookout)


def longest_pause(environ: Mapping[str, str] = os.environ) -> float:
    """Seconds until the observers must look again, for a watchdog may be waiting."""
    return Systemd(environ).watchdog / SIGNS or math.inf
