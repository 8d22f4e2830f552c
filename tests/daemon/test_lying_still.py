"""A run that ends, over documents that lay in the inbox before, with a clock that is ahead."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ingestd import config
from ingestd.cli.samples import pdf
from ingestd.daemon import Signals, Times, wire
from ingestd.model import Document
from ingestd.observe import Audience, open_log
from tests.workbench import LocalKanbert

TURNS = 1500
"""Of the loop, until a test says that something did not happen."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """On a filesystem that is the same on whatever machine, and stamps every change."""
    with TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def delivered(folder: Path, kanbert: LocalKanbert, *, ahead: float) -> list[Document]:
    """Run until nothing is left to wait for, by a clock that is some seconds ahead."""
    given = {
        "state_dir": folder / "state",
        "accounts": {"main": {"base_url": kanbert.base_url, "token": kanbert.token}},
        "inboxes": {"scanner": {"path": folder / "scanner", "settle": "30m"}},
    }
    (folder / "state").mkdir()
    filed: list[Document] = []
    turns = iter(range(TURNS))
    audience = Audience()
    with Signals() as signals:
        parts = wire(
            config.Settings.model_validate(given),
            signals=signals,
            log=open_log(io.StringIO(), audience=audience),
            audience=audience,
            filed=filed.append,
            hurried=True,
            times=Times(wall=lambda: time.time() + ahead),
        )
        rest = parts.conductor.at_rest
        parts.conductor.run(until=lambda: rest() or next(turns, None) is None)
        parts.close()
    return filed


def test_what_lay_there_for_longer_than_it_must_settle_goes_at_once(
    folder: Path, local_kanbert: LocalKanbert
) -> None:
    (folder / "scanner").mkdir()
    for name in ("a", "b", "c"):
        (folder / "scanner" / f"{name}.pdf").write_bytes(pdf(name))

    assert len(delivered(folder, local_kanbert, ahead=3600.0)) == 3
