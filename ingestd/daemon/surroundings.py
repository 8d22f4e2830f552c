"""What a lane has around it, given to it so that it can be others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ingestd.daemon.turns import Turn
from ingestd.errors import StorageFailed
from ingestd.model import Document


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a lane tells, and is given, besides its stages and its account."""

    clock: Callable[[], float]
    """Monotonic seconds."""
    new_id: Callable[[], str]
    filed: Callable[[Document], None]
    """Told of every document that was put away, by the worker that did it."""
    broken: Callable[[StorageFailed], None]
    """Told when the disk failed; the process must end then."""
    returned: Callable[[str], None]
    """Told the path of everything that is put back into the inbox, before it is."""
    relist: Callable[[], None]
    """Has the inbox listed again: what was offered is out of date."""
    turn: Turn = field(default_factory=Turn)
    """Taken while a document is being made smaller, of whichever inbox."""
    changed: Callable[[], None] = lambda: None
    """Told when a worker has nothing more to do or there is nothing to carry, now and then while
    documents are carried, and when those that cannot go on are others than before."""
