"""From settings to who is notified: by the daemon, by a run that ends, and to try it out."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from operator import attrgetter

from ingestd import config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.lookout import Lookout
from ingestd.daemon.notifying import LONGEST_FAREWELL_OF_ONCE, Notifying
from ingestd.daemon.quiet import Quiet
from ingestd.daemon.times import Times
from ingestd.errors import LedgerUnusable, SettingsError, StorageFailed
from ingestd.ledger import Wanted, open_to_read
from ingestd.observe import Log
from ingestd.observe.notify import (
    AT_ONCE,
    NOT_YET,
    Beat,
    Channel,
    Courier,
    Heartbeat,
    Memory,
    Message,
    Notices,
    Notifier,
    Pace,
    Pulse,
    Service,
    Silence,
    Webhook,
    missing,
)

BEATS_WAITS = (5.0, 20.0)
"""Seconds between the tries of a sign of life: the next one comes soon enough."""


def notifying_of(settings: config.Settings, lookout: Lookout) -> Notifying | None:
    """Make whoever tells people of a fleet; None where nobody is to be told.

    A run that ends tells of silence and gives signs of life never.

    :raises SettingsError: if what the settings need is not there.
    """
    given, found = settings.notify, config.addresses(settings.notify)
    if not found:
        return None
    fleet, audience, log, times = lookout.fleet, lookout.audience, lookout.log, lookout.times
    ways = channels(given, found, times)
    couriers = [Courier(channel, log, title=attrgetter("title")) for channel in ways]
    pace = Pace(bundle=given.bundle, patience=given.patience)
    notices = Notices(NOT_YET, AT_ONCE) if lookout.hurried else Notices(pace)
    memory = Memory(config.state_dir(settings))
    notifier = Notifier(notices, couriers, memory, times.clock, times.now)
    if lookout.hurried:
        farewell = LONGEST_FAREWELL_OF_ONCE
        return Notifying(notifier, fleet, audience, clock=times.clock, farewell=farewell)
    return Notifying(
        notifier,
        fleet,
        audience,
        clock=times.clock,
        pulse=Pulse(given.heartbeat_every, start=times.clock()),
        heart=heart_of(found.heartbeat, log) if found.heartbeat else None,
        quiet=_quiet(settings, fleet, times) if given.silence_alarm else None,
    )


def channels(
    given: config.NotifySettings,
    found: config.Addresses,
    times: Times,
    missing: Callable[[], bool] = missing,
) -> list[Channel[Message]]:
    """Every way that messages go.

    :param missing: whether Apprise is not installed.
    :raises SettingsError: if Apprise is needed and not installed, or a token cannot be read.
    """
    if found.services and missing():
        raise SettingsError(
            "[notify] urls need apprise, which is not installed.",
            hint='Install it with: pip install "ingestd[notify]"',
        )
    host = platform.node()
    ways: list[Channel[Message]] = [
        Service(url, number=number, host=host) for number, url in enumerate(found.services, start=1)
    ]
    if found.webhook:
        token = partial(config.webhook_token, given)
        token()  # or that it cannot be read would show when there is something to tell
        ways.append(Webhook(found.webhook, token=token, host=host, now=times.now))
    return ways


def heart_of(url: str, log: Log, waits: Sequence[float] = BEATS_WAITS) -> Courier[Beat]:
    """Make whoever gives signs of life.

    :param waits: seconds between the tries of one.
    """
    return Courier(Heartbeat(url), log, waits=waits, most=1)


def _quiet(settings: config.Settings, fleet: Fleet, times: Times) -> Quiet:
    return Quiet(Silence(settings.notify.silence_alarm), fleet, times, partial(last_seen, settings))


def last_seen(settings: config.Settings, inbox: str) -> datetime | None:
    """When a document of an inbox went on last, as the ledger knows it.

    None where it knows none, or cannot be read now: the daemon says so elsewhere.
    """
    try:
        ledger = open_to_read(config.state_dir(settings), settings.ledger.url)
        if ledger is None:
            return None
        with closing(ledger):
            found = ledger.search(Wanted(inbox=inbox, limit=1))
    except (LedgerUnusable, StorageFailed, SettingsError):
        return None
    return found[0].updated_at if found else None
