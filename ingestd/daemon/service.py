"""What systemd shows of the daemon: `systemctl status ingestd`, and when it counts as started."""

from __future__ import annotations

from collections.abc import Callable

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.vital_signs import ailment
from ingestd.observe import Systemd


def status_of(fleet: Fleet) -> str:
    """What the daemon is doing, in one line such as `2 inboxes, 3 waiting, 1 paused`."""
    if fleet.reloading:
        return "Reading the settings again"
    said = ailment(fleet)
    if said:
        return said
    stations = [station for station in fleet.stations if not station.leaving]
    inboxes = len(stations)
    counted = {
        "waiting": sum(station.lane.backlog.size for station in stations),
        "paused": sum(account.pause is not None for account in fleet.accounts),
        "not served": sum(station.shut for station in stations),
    }
    parts = [f"{number} {what}" for what, number in counted.items() if number]
    return ", ".join([f"{inboxes} inbox" if inboxes == 1 else f"{inboxes} inboxes", *parts])


class Service:
    """Tells systemd of the fleet; used by the daemon's main thread."""

    def __init__(self, fleet: Fleet, systemd: Systemd, clock: Callable[[], float]) -> None:
        """Tell nothing yet.

        :param clock: monotonic seconds, of the kernel's clock that systemd goes by.
        """
        self._fleet = fleet
        self._systemd = systemd
        self._clock = clock
        self._ready = False
        self._status = ""

    def turn(self) -> None:
        """Tell what changed; the first turn says that everything has been started.

        Neither Kanbert nor a share is waited for: ingestd carries on when they come.
        """
        lines = []
        if self._ready is self._fleet.reloading:
            self._ready = not self._fleet.reloading
            lines += ["READY=1"] if self._ready else ["RELOADING=1", self._now()]
        status = status_of(self._fleet)
        if status != self._status:
            self._status = status
            lines.append(f"STATUS={status}")
        if lines:
            self._systemd.tell(*lines)

    def stopping(self) -> None:
        """The end has begun."""
        self._systemd.tell("STOPPING=1", "STATUS=Finishing what is in hand")

    def close(self) -> None:
        """There is nothing to let go of."""

    def _now(self) -> str:
        return f"MONOTONIC_USEC={int(self._clock() * 1_000_000)}"
