"""Telling people of the fleet, by what the log hears of it and by how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.quiet import Quiet
from ingestd.observe import Audience
from ingestd.observe.notify import Beat, Courier, Notifier, Pulse, Trouble, close

LONGEST_FAREWELL = 2.0
"""Seconds for what is left to tell; the 25 in which a daemon ends have room for it."""
LONGEST_FAREWELL_OF_ONCE = 10.0
"""Seconds; a run that ends tells all it has to tell at its end."""


class Notifying:
    """Used by the main thread; what takes time is on threads of its own."""

    def __init__(
        self,
        notifier: Notifier,
        fleet: Fleet,
        audience: Audience,
        *,
        clock: Callable[[], float],
        pulse: Pulse | None = None,
        heart: Courier[Beat] | None = None,
        quiet: Quiet | None = None,
        farewell: float = LONGEST_FAREWELL,
    ) -> None:
        """Make one that listens, and says nothing before its first turn.

        :param audience: of the log.
        :param pulse: says when to give a sign of life; None, as for `heart`: never.
        :param quiet: notices that nothing arrives; None: nobody is told of that.
        :param farewell: seconds that the end may take.
        """
        self._notifier = notifier
        self._fleet = fleet
        self._clock = clock
        self._pulse = pulse
        self._heart = heart
        self._quiet = quiet
        self._farewell = farewell
        self._broke = ""
        self._audience = audience
        audience.add(self.hear)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take in an event of the log; from any thread, returns at once."""
        self._notifier.hear(event)
        if self._quiet:
            self._quiet.hear(event)
        if event.get("event") == "daemon.stopped" and event.get("error"):
            self._broke = str(event["error"])

    def turn(self) -> None:
        """Look whether a trouble is over, give a sign of life, notice silence."""
        self._notifier.start()
        trouble = self._notifier.compare(self._lasts)
        beat = self._pulse.beat(self._clock(), trouble) if self._pulse else None
        if beat and self._heart:
            self._heart.post(beat)
        message = self._quiet.turn() if self._quiet else None
        if message:
            self._notifier.tell(message)

    def stopping(self) -> None:
        """Hear on: what the end brings is told of as well."""

    def close(self) -> None:
        """Send what is left to tell; what does not get through in a moment is let go of."""
        self._audience.remove(self.hear)
        if self._heart and self._broke:
            self._heart.post(Beat(self._broke))
        began = self._clock()
        self._notifier.close(self._farewell)
        if self._heart:
            left = max(self._farewell - (self._clock() - began), 0.0)
            close([self._heart], left, self._clock)

    def _lasts(self, trouble: Trouble) -> bool | None:
        """Whether the fleet shows a trouble; after a reload nobody says that it is over."""
        if trouble.kind == "account.paused":
            # not whether it is calm: it is on trial after a probe until a document comes
            known = {account.name: account.known_trouble for account in self._fleet.accounts}
            return known[trouble.name] is not None if trouble.name in known else None
        stations = {station.lane.name: station for station in self._fleet.stations}
        station = stations.get(trouble.name)
        if station is None:
            return None
        if trouble.kind == "inbox.unavailable":
            return station.intake.trouble is not None
        return bool(station.lane.suspect)
