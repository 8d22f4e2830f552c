"""Making documents smaller, for the inboxes whose settings want that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ingestd import config
from ingestd.daemon.turns import Turn
from ingestd.errors import SettingsError
from ingestd.shrink import Shrinker, Shrunk

LONGEST_SHRINKING = 300.0
"""Seconds that one document may take. 20 pages of 600 dpi in colour took 20 on two cores."""


class Shrinkers:
    """One that does for all inboxes, and a larger one as soon as a reload asks for that."""

    def __init__(self) -> None:
        self._made: list[Shrinker] = []
        self._most = -1

    def large_enough(self, fits: int) -> Shrinker:
        """One whose copies may have so many bytes."""
        if fits > self._most:
            self._made.append(Shrinker.for_up_to(fits))
            self._most = fits
        return self._made[-1]

    def rest(self, after: float) -> None:
        """End their children where they had nothing to do for so many seconds."""
        for shrinker in self._made:
            shrinker.rest(after)

    def close(self) -> None:
        """End their children, also while they work."""
        for shrinker in self._made:
            shrinker.close()


def shrinker_for(
    inboxes: Mapping[str, config.Inbox],
    missing: Sequence[str],
    large_enough: Callable[[int], Shrinker] = Shrinker.for_up_to,
) -> Shrinker | None:
    """What makes the documents of all inboxes smaller; None if no inbox wants that.

    :param missing: the packages that it needs, and that are not installed.
    :param large_enough: gives one whose copies may have so many bytes.
    :raises SettingsError: if there are any.
    """
    wanting = {name: one.max_size for name, one in inboxes.items() if one.oversize == "shrink"}
    if not wanting:
        return None
    if missing:
        raise SettingsError(
            f'[inboxes.{next(iter(wanting))}] oversize = "shrink" needs {" and ".join(missing)}, '
            "which is not installed.",
            hint='Install it with: pip install "ingestd[shrink]"',
        )
    return large_enough(max(wanting.values()))


def shrink_for(
    inbox: config.Inbox, shrinker: Shrinker | None, turn: Turn
) -> Callable[[bytes], Shrunk] | None:
    """What makes one inbox's documents smaller; None: what is too large fails.

    :param turn: taken meanwhile; if it is another's, `NotItsTurn` is raised.
    """
    if shrinker is None or inbox.oversize != "shrink":
        return None
    shrink = partial(shrinker.shrink, fits=inbox.max_size, timeout=LONGEST_SHRINKING)

    def shrink_in_turn(pdf: bytes) -> Shrunk:
        with turn.take():
            return shrink(pdf)

    return shrink_in_turn
