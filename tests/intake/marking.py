"""Marking folders, and reading their markers, as a guard does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingestd.intake.folder import opened
from ingestd.intake.marker import Marker, make_work, read_marker, write_marker


def marker_of(root: Path) -> Marker | None:
    with opened(root) as inbox:
        return read_marker(inbox)


def mark(root: Path, id_: str, now: datetime) -> Marker:
    with opened(root) as inbox:
        return write_marker(inbox, id_, now)


def make_ready(root: Path, now: datetime) -> None:
    """Mark a folder, and make what is made when an inbox is opened."""
    with opened(root) as inbox:
        write_marker(inbox, "an-id", now)
        make_work(inbox)
