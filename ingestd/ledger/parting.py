"""Letting go of a database that a thread may be using still."""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry


def let_go(engine: Engine) -> None:
    """Close its connections; each that is in use, once it is given back."""
    # the pool would keep that one, and nobody would ever close it
    event.listen(engine, "checkin", _close)
    engine.dispose()


def _close(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.close()
