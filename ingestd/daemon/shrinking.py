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


def shrinker_for(inboxes: Mapping[str, config.Inbox], missing: Sequence[str]) -> Shrinker | None:
    """What makes the documents of all inboxes smaller; None if no inbox wants that.

    :param missing: the packages that it needs, and that are not installed.
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
    return Shrinker.for_up_to(max(wanting.values()))


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
