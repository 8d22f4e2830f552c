"""Which observers there are."""

from __future__ import annotations

from pathlib import Path

from ingestd.daemon.fleet import Fleet
from ingestd.daemon.observers import Post
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.times import Times
from ingestd.observe import Audience


def posts(state_dir: Path, fleet: Fleet, times: Times, audience: Audience) -> list[Post]:
    """A post for everyone who tells of the fleet, and who hears of what happens to it."""
    del audience  # nobody listens yet
    return [Post(lambda _: None, lambda _: Reporting(state_dir, fleet, times))]
