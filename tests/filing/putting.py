"""Putting one document away, and looking at what is there then."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ingestd.filing import Cabinet

TOO_LARGE = os.strerror(errno.EFBIG)
REASON = "It is broken.\nScan it again.\n"


def cabinet(top: Path, layout: str = "") -> Cabinet:
    return Cabinet(top / "done", top / "failed", top / "twice", layout)


def put_away(
    source: Path,
    folder: Path,
    reason: str = "",
    before_move: Callable[[Path], None] = lambda _: None,
    left_off: Path | None = None,
    *,
    sidecars: Sequence[Path] = (),
) -> Path:
    return cabinet(folder.parent).put_away(
        source,
        folder,
        reason=reason,
        before_move=before_move,
        left_off=left_off,
        sidecars=sidecars,
    )


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
