"""Whether the daemon is alive: for a service manager's watchdog, for a container's health check.

All its threads are to be at work. One that a bug ended leaves an inbox unserved and says nothing;
a new start serves it again. A share that hangs is no such thing: it was told of, a new start would
hang in it too, and the other inboxes are served meanwhile.
"""

from __future__ import annotations

from ingestd.daemon.fleet import Fleet
from ingestd.observe import HeartbeatFile, Log, Systemd


def ailment(fleet: Fleet) -> str:
    """What has ended without having been asked to, as a sentence; empty where nothing has."""
    for station in fleet.stations:
        if station.lost:
            return f"The inbox {station.lane.name} is not served any more: {station.lost}."
    return ""


class VitalSigns:
    """Gives signs of life for as long as the daemon is alive; used by its main thread.

    The main thread gives them itself, at each of its turns: where it hangs, they end too.
    """

    def __init__(
        self, fleet: Fleet, log: Log, systemd: Systemd, heartbeat: HeartbeatFile | None
    ) -> None:
        self._fleet = fleet
        self._log = log
        self._systemd = systemd
        self._heartbeat = heartbeat
        self._said = ""

    def turn(self) -> None:
        """Give a sign, or say once why not."""
        error = ailment(self._fleet)
        if error:
            self._complain(error)
            return
        if self._systemd.watchdog:
            self._systemd.tell("WATCHDOG=1")
        if self._heartbeat:
            self._heartbeat.beat()

    def stopping(self) -> None:
        """Nothing comes of that: what is in hand is still being finished."""

    def close(self) -> None:
        """Leave no file whose age could be taken for a daemon's."""
        if self._heartbeat:
            self._heartbeat.end()

    def _complain(self, error: str) -> None:
        if error != self._said:
            self._said = error
            hint = "Start ingestd again, where its supervisor does not; the log says what ended it."
            self._log.error("daemon.failing", error=error, hint=hint)
