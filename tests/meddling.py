"""Paths that let something happen in the middle of what is done with them."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PosixPath
from typing import Any

from ingestd.moves import reserve_and_replace


def path_that_meddles(
    path: Path,
    *,
    when_looked_at: Callable[[], object] = lambda: None,
    when_cleared: Callable[[], object] = lambda: None,
    when_its_folder_is_asked_for: Callable[[], object] = lambda: None,
) -> Path:
    """The same path, as are those that are made of it; each has its moments."""

    class Meddling(PosixPath):
        def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
            found = super().stat(follow_symlinks=follow_symlinks)
            when_looked_at()
            return found

        def unlink(self, missing_ok: bool = False) -> None:
            super().unlink(missing_ok)
            when_cleared()

        @property
        def parent(self) -> Any:
            when_its_folder_is_asked_for()
            return super().parent

    return Meddling(path)


def path_that_stamps_renames(path: Path) -> Path:
    """The same path on a filesystem that gives what is renamed another time of change."""

    class Stamping(PosixPath):
        def rename(self, target: Any) -> Any:
            os.utime(super().rename(target))

    return Stamping(path)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b", and more")


class _Died(BaseException):
    """Nobody is left to clear up."""


def take_name_and_die(source: Path, target: Path) -> None:
    """Leave what a process leaves that is killed on a share without hard links, in its move."""

    class Dying(PosixPath):
        def replace(self, *_: Any) -> Any:
            raise _Died

    with suppress(_Died):
        reserve_and_replace(Dying(source), target)
