"""The daemon: wires the parts, owns their threads, and stops when it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.daemon.allocating import give_back_large_blocks, look_seldom_through_all
    from ingestd.daemon.clients import connect
    from ingestd.daemon.conductor import Ending
    from ingestd.daemon.farewell import tell_the_end
    from ingestd.daemon.last_resort import LastResort
    from ingestd.daemon.lock import lock_state
    from ingestd.daemon.notification import channels
    from ingestd.daemon.reloading import Source
    from ingestd.daemon.signals import Signals
    from ingestd.daemon.times import Times
    from ingestd.daemon.wiring import Parts, wire
else:
    __getattr__ = lazily(
        __name__,
        {
            "allocating": "give_back_large_blocks look_seldom_through_all",
            "clients": "connect",
            "conductor": "Ending",
            "farewell": "tell_the_end",
            "last_resort": "LastResort",
            "lock": "lock_state",
            "notification": "channels",
            "reloading": "Source",
            "signals": "Signals",
            "times": "Times",
            "wiring": "Parts wire",
        },
    )

__all__ = [
    "Ending",
    "LastResort",
    "Parts",
    "Signals",
    "Source",
    "Times",
    "channels",
    "connect",
    "give_back_large_blocks",
    "lock_state",
    "look_seldom_through_all",
    "tell_the_end",
    "wire",
]
