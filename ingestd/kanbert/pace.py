"""A limit of our own on requests per minute, shared by all threads of a client."""

from __future__ import annotations

import threading

from ingestd.kanbert.world import World


class Pace:
    """Gives out turns, evenly spaced: n a minute means one every 60/n seconds.

    Evenly, because a server that counts by the minute may begin its minute at any time; a burst
    could fall into two of them.
    """

    def __init__(self, per_minute: float, world: World) -> None:
        self._gap = 60.0 / per_minute if per_minute > 0 else 0.0
        self._world = world
        self._lock = threading.Lock()
        self._next = world.clock()

    def take_turn(self, *, until: float) -> bool:
        """Wait for a turn; False when there is none before `until`, or waiting was cut short."""
        if not self._gap:
            return True
        with self._lock:
            now = self._world.clock()
            turn = max(now, self._next)
            if turn >= until:
                return False
            self._next = turn + self._gap
        return turn <= now or not self._world.nap(turn - now)
