"""What is done with a document that could not go on: a decision, without the doing."""

from __future__ import annotations

from dataclasses import dataclass

from ingestd.errors import (
    AskLater,
    ContentUnderWay,
    DocumentChanged,
    FolderUnusable,
    KanbertError,
    LedgerUnusable,
    NotItsTurn,
    StaleState,
)
from ingestd.model import State

AGAIN_SOON = 1.0
"""Seconds until the first further look at a document that waits for a create's result."""
LONGEST_BETWEEN_LOOKS = 15.0
"""Seconds between the later ones."""
AGAIN_LATER = 30.0
"""Seconds until a document is tried again that could not be stored, remembered or filed."""
LONGEST_BETWEEN_TRIES = 300.0
"""Seconds between the later tries: for one that stays stuck, others must not rest for ever."""
MANY = 10
"""Looks at a document that waits for another's result before a person is told."""

NOTHING_SENT = frozenset({State.CLAIMED, State.ACCEPTED})
"""The states in which a document may go back into the inbox."""


@dataclass(frozen=True, slots=True)
class Deferral:
    """Where a document waits, how long, and whether a person is to know."""

    wait: float = AGAIN_LATER
    """Seconds in `work/`."""
    to_inbox: bool = False
    """Put it back into the inbox instead."""
    tell: bool = False
    """Nothing but a person, or chance, will help."""
    rest: bool = False
    """Nothing new is claimed meanwhile: it would come to the same."""
    reread: bool = False
    """Ask the ledger first how far it is."""


def deferral_of(error: Exception, state: State, times: int) -> Deferral:
    """Decide from what went wrong, the document's state, and how often it was put off before."""
    soon = min(AGAIN_SOON * 2.0 ** min(times, 10), LONGEST_BETWEEN_LOOKS)
    later = min(AGAIN_LATER * 2.0 ** min(times, 10), LONGEST_BETWEEN_TRIES)
    match error:
        case KanbertError() | DocumentChanged() if state in NOTHING_SENT:
            return Deferral(to_inbox=True)
        case AskLater() | NotItsTurn() | KanbertError():
            return Deferral(soon)
        case ContentUnderWay():
            return Deferral(soon, tell=times >= MANY)
        case StaleState():
            return Deferral(soon, reread=True)
        case LedgerUnusable() | FolderUnusable():
            # not again for one that stays stuck: the others must go on
            back = state in NOTHING_SENT
            return Deferral(later, to_inbox=back, tell=True, rest=times == 0)
        case _:
            return Deferral(later, tell=True)
