"""Does the kernel let us watch as many folders as there are?"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestd.admin.doctor.finding import Finding, ok, warn
from ingestd.intake import excluded

SUBJECT = "inotify"
_LIMITS = Path("/proc/sys/fs/inotify")
_NEARLY = 0.75
_LONGEST_COUNT = 5.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the kernel allows to all programs of a user together; None where it does not tell."""

    watches: int | None
    """Folders."""
    instances: int | None
    """Programs, or parts of them: each inbox is one."""
    one_left: bool
    """Whether one more could be begun just now."""


def limits(folder: Path = _LIMITS) -> Limits:
    """Ask the kernel."""
    return Limits(
        _number(folder / "max_user_watches"), _number(folder / "max_user_instances"), _one_left()
    )


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _one_left() -> bool:
    try:
        descriptor: int = ctypes.CDLL(None).inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    except AttributeError:  # no such call on this system
        return False
    if descriptor < 0:
        return False
    os.close(descriptor)
    return True


def count_folders(
    top: Path,
    *,
    skip: Collection[Path] = (),
    at_most: int = 10_000_000,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Count a folder and all below it, as they are watched; too few where that takes too long.

    :param skip: folders that are not watched, nor what is below them.
    """
    number, until, left = 0, clock() + _LONGEST_COUNT, [os.fspath(top)]
    skipped = {os.fspath(folder) for folder in skip}
    while left and number < at_most and clock() < until:
        folder = left.pop()
        number += 1
        try:
            with os.scandir(folder) as children:
                below = [child for child in children if child.is_dir(follow_symlinks=False)]
        except OSError:
            continue  # what cannot be read is not watched either
        watched = (child.path for child in below if not excluded(child.name))
        left += [path for path in watched if path not in skipped]
    return number


def of_watches(folders: Sequence[int], allowed: Limits) -> Iterator[Finding]:
    """Judge whether all inboxes can be watched that are to be.

    :param folders: how many there are in each inbox that is watched by the kernel's events.
    """
    if not folders:
        return
    needed = sum(folders)
    what = f"Folders to watch: {needed:,}"
    if not allowed.one_left or len(folders) > (allowed.instances or len(folders)):
        yield warn(
            SUBJECT,
            f"{what}, in {len(folders)} inboxes; the kernel has no inotify instance left for one "
            "more. An inbox without is polled.",
            _raise("max_user_instances", 2 * max(allowed.instances or 0, len(folders))),
        )
    elif allowed.watches is None:
        yield ok(SUBJECT, f"{what}.")
    elif needed > allowed.watches * _NEARLY:
        yield warn(
            SUBJECT,
            f"{what}; the kernel allows {allowed.watches:,} to all programs of a user together. An "
            "inbox without is polled.",
            _raise("max_user_watches", 2 * max(allowed.watches, needed)),
        )
    else:
        yield ok(SUBJECT, f"{what}; allowed: {allowed.watches:,}.")


def _raise(name: str, number: int) -> str:
    return (
        f"sudo sysctl fs.inotify.{name}={number} (and in a file below /etc/sysctl.d to have it "
        "after the next start)."
    )
