"""Looking at what may hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from ingestd.admin.doctor.errand import Errand, Silent, came_back
from ingestd.admin.doctor.finding import fail
from ingestd.errors import InboxUnavailable


def raising(error: Exception) -> Callable[[], None]:
    def look() -> None:
        raise error

    return look


def test_what_was_seen_is_brought_back() -> None:
    assert Errand(lambda: 7).result() == 7
    assert came_back(Errand(lambda: 7), "folder", "/srv") == (7, [])


def test_who_hangs_is_left_behind() -> None:
    never = threading.Event()
    sent = Errand(never.wait, patience=0.05)

    seen, findings = came_back(sent, "folder", "/srv", "Mount it.")

    assert seen is None
    assert findings == [
        fail("folder", "/srv does not answer: whatever is asked of it hangs.", "Mount it.")
    ]
    never.set()


def test_several_who_hang_are_waited_for_together() -> None:
    never = threading.Event()
    sent = [Errand(never.wait, patience=0.3) for _ in range(5)]
    began = time.monotonic()

    for one in sent:
        with pytest.raises(Silent):
            one.result()

    assert time.monotonic() - began < 1.0
    never.set()


def test_a_timeout_of_the_folder_s_own_is_not_taken_for_silence() -> None:
    sent = Errand(raising(TimeoutError(110, "Connection timed out")))

    _, findings = came_back(sent, "folder", "/srv", "Mount it.")

    assert findings == [
        fail("folder", "/srv cannot be looked at: Connection timed out.", "Mount it.")
    ]


def test_what_was_seen_to_be_wrong_is_said_with_what_to_do() -> None:
    gone = InboxUnavailable("The folder /srv does not exist.", hint="Create the folder.")

    _, findings = came_back(Errand(raising(gone)), "folder", "/srv")

    assert findings == [fail("folder", "The folder /srv does not exist.", "Create the folder.")]


def test_a_fault_of_our_own_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        came_back(Errand(raising(ZeroDivisionError())), "folder", "/srv")
