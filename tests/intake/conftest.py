from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from ingestd.intake.watch import Hint, Watcher
from tests.intake.hearing import Heard, Watching


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "scans"
    root.mkdir()
    return root


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watching(root: Path, heard: Heard) -> Iterator[Watching]:
    """Start to watch the inbox; stopped after the test."""
    watchers = []

    def begin(
        path: Path = root,
        *,
        recursive: bool = False,
        on_hint: Callable[[Hint], None] = heard,
        on_step: Callable[[], None] = lambda: None,
        skip: Collection[Path] = (),
    ) -> Watcher:
        watcher = Watcher(
            path, recursive=recursive, poll=False, on_hint=on_hint, on_step=on_step, skip=skip
        )
        watchers.append(watcher)
        watcher.start()
        return watcher

    yield begin
    for watcher in watchers:
        watcher.stop()
