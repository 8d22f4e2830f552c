"""Documents whose inbox is not in the settings any more, or is elsewhere now."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.daemon.orphans import tell_of_orphans
from ingestd.ledger import KnownInbox
from ingestd.model import State
from tests.daemon.carrying import events
from tests.workbench import Bench


@pytest.fixture
def begun(bench: Bench) -> Bench:
    """A bench with a document under way, and its inbox remembered."""
    bench.claim()
    known = KnownInbox(str(bench.inbox), "an-id", "ext4", "/dev/sda1", "/")
    bench.ledger.remember_inbox("scanner", known)
    return bench


def told(bench: Bench, inboxes: dict[str, Path]) -> int:
    return tell_of_orphans(inboxes, bench.ledger, bench.stages.log)


@pytest.mark.parametrize("name", ["scanner", "another"])
def test_documents_of_a_folder_that_nobody_looks_at_any_more_are_told_with_it(
    begun: Bench, name: str
) -> None:
    assert told(begun, {name: begun.inbox.with_name("elsewhere")}) == 1

    (error,) = events(begun, "inbox.unavailable")
    assert (error["level"], error["inbox"]) == ("error", "scanner")
    assert f"They are in {begun.inbox}/.ingestd/work." in error["error"]


@pytest.mark.parametrize("name", ["scanner", "another"])
def test_documents_of_a_folder_that_is_served_are_looked_after(begun: Bench, name: str) -> None:
    assert told(begun, {name: begun.inbox}) == 0
    assert events(begun, "inbox.unavailable") == []


def test_an_inbox_that_never_was_remembered_is_not_told(bench: Bench) -> None:
    bench.claim()

    assert told(bench, {"scanner": bench.inbox}) == 0


def test_what_came_to_its_end_is_nobody_s_orphan(begun: Bench) -> None:
    begun.carry(begun.claim(name="b.pdf"))
    begun.ledger.advance(begun.ledger.under_way("scanner")[0], State.RELEASED)

    assert told(begun, {}) == 0
