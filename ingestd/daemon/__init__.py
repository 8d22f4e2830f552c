"""The daemon: wires the parts, owns their threads, and stops when it is told to."""

from __future__ import annotations

from ingestd.daemon.clients import connect
from ingestd.daemon.conductor import Ending
from ingestd.daemon.lock import lock_state
from ingestd.daemon.notification import channels, tell_the_end
from ingestd.daemon.reloading import Source
from ingestd.daemon.signals import Signals
from ingestd.daemon.times import Times
from ingestd.daemon.wiring import Parts, wire

__all__ = [
    "Ending",
    "Parts",
    "Signals",
    "Source",
    "Times",
    "channels",
    "connect",
    "lock_state",
    "tell_the_end",
    "wire",
]
