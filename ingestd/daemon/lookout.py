"""What observers are made of, besides the settings that ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.times import Times
from ingestd.ledger import Ledger
from ingestd.observe import Audience, Counts, Log


@dataclass(frozen=True, slots=True)
class Lookout:
    """Where observers look, and what they hear."""

    fleet: Fleet
    audience: Audience
    counts: Counts
    ledger: Ledger
    times: Times
    log: Log
    hurried: bool = False
    """Whether the run ends by itself; nobody asks it anything meanwhile."""
