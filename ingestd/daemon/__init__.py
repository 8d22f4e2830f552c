"""The daemon: wires the parts, owns their threads, and stops when it is told to."""

from __future__ import annotations

from ingestd.daemon.allocating import give_back_large_blocks, look_seldom_through_all
from ingestd.daemon.clients import connect
from ingestd.daemon.conductor import Ending
from ingestd.daemon.lock import lock_state
from ingestd.daemon.signals import Signals
from ingestd.daemon.times import Times
from ingestd.daemon.wiring import Parts, wire

__all__ = [
    "Ending",
    "Parts",
    "Signals",
    "Times",
    "connect",
    "give_back_large_blocks",
    "lock_state",
    "look_seldom_through_all",
    "wire",
]
