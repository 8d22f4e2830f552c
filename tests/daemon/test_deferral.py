from __future__ import annotations

import pytest

from ingestd.daemon.deferral import (
    AGAIN_LATER,
    LONGEST_BETWEEN_LOOKS,
    MANY,
    Deferral,
    deferral_of,
)
from ingestd.errors import (
    AccountTrouble,
    AskLater,
    ContentUnderWay,
    DocumentChanged,
    FolderUnusable,
    LedgerUnusable,
    NotItsTurn,
    OutcomeUnknown,
    Refused,
    StaleState,
    Unavailable,
)
from ingestd.model import State

TO_INBOX = Deferral(to_inbox=True)
SOON = Deferral(1.0)


@pytest.mark.parametrize(
    ("error", "state", "deferral"),
    [
        (Unavailable("no"), State.ACCEPTED, TO_INBOX),
        (AccountTrouble("no"), State.CLAIMED, TO_INBOX),
        (OutcomeUnknown("no"), State.ACCEPTED, TO_INBOX),
        (Refused("a check"), State.ACCEPTED, TO_INBOX),
        (DocumentChanged("no"), State.CLAIMED, TO_INBOX),
        (OutcomeUnknown("no"), State.UNKNOWN, SOON),
        (Unavailable("no"), State.UNKNOWN, SOON),
        (OutcomeUnknown("no"), State.UPLOADING, SOON),
        (AskLater("no"), State.UNKNOWN, SOON),
        (NotItsTurn("no"), State.CLAIMED, SOON),
        (ContentUnderWay("no"), State.ACCEPTED, SOON),
        (StaleState("no"), State.ACCEPTED, Deferral(1.0, reread=True)),
        (LedgerUnusable("no"), State.ACCEPTED, Deferral(to_inbox=True, tell=True, rest=True)),
        (LedgerUnusable("no"), State.UPLOADED, Deferral(AGAIN_LATER, tell=True, rest=True)),
        (FolderUnusable("no"), State.UPLOADED, Deferral(AGAIN_LATER, tell=True, rest=True)),
        (FileNotFoundError(2, "no"), State.UPLOADED, Deferral(AGAIN_LATER, tell=True)),
        (ZeroDivisionError("a bug"), State.ACCEPTED, Deferral(AGAIN_LATER, tell=True)),
        (DocumentChanged("no"), State.UPLOADED, Deferral(AGAIN_LATER, tell=True)),
    ],
)
def test_what_went_wrong_and_how_far_it_was_decide(
    error: Exception, state: State, deferral: Deferral
) -> None:
    assert deferral_of(error, state, 0) == deferral


def test_looks_become_rarer() -> None:
    waits = [deferral_of(AskLater("no"), State.UNKNOWN, times).wait for times in range(6)]

    assert waits == [1, 2, 4, 8, LONGEST_BETWEEN_LOOKS, LONGEST_BETWEEN_LOOKS]


def test_tries_become_rarer_too() -> None:
    waits = [deferral_of(FolderUnusable("no"), State.UPLOADED, times).wait for times in range(6)]

    assert waits == [30, 60, 120, 240, 300, 300]


def test_one_that_stays_stuck_rests_the_others_only_once() -> None:
    rests = [deferral_of(FolderUnusable("no"), State.UPLOADED, times).rest for times in range(3)]

    assert rests == [True, False, False]


def test_a_long_wait_for_another_document_is_told() -> None:
    assert deferral_of(ContentUnderWay("no"), State.ACCEPTED, MANY).tell
