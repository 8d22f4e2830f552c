"""Documents whose inbox is not in the settings any more, or is elsewhere now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingestd import config
from ingestd.daemon.orphans import tell_of_leaving, tell_of_orphans
from ingestd.daemon.plan import NOTHING, AccountPlan, InboxPlan, Plan
from ingestd.errors import LedgerUnusable
from ingestd.ledger import KnownInbox, Ledger
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


def leaving(path: Path) -> InboxPlan:
    account = AccountPlan(config.Account(base_url="https://api.example.com"), None)
    return InboxPlan("scanner", config.Inbox(path=path), "main", account)


def test_an_inbox_that_was_let_go_of_is_told_with_what_it_left_unfinished(begun: Bench) -> None:
    begun.ledger.remember_inbox("mail", KnownInbox("/mail", "other-id", "ext4", "/dev/sda1", "/"))
    begun.ledger.add(replace(begun.claim(name="b.pdf"), id="other", inbox="mail"))

    tell_of_leaving(leaving(begun.inbox), NOTHING, begun.ledger, begun.stages.log)

    (left,) = events(begun, "inbox.left")
    assert (left["inbox"], left["path"]) == ("scanner", str(begun.inbox))
    assert [error["inbox"] for error in events(begun, "inbox.unavailable")] == ["scanner"]


def test_one_that_only_changed_leaves_nothing_to_anybody(begun: Bench) -> None:
    plan = leaving(begun.inbox)

    tell_of_leaving(plan, Plan({}, {"renamed": plan}), begun.ledger, begun.stages.log)

    assert events(begun, "inbox.left")
    assert events(begun, "inbox.unavailable") == []


class Unusable(Ledger):
    def __init__(self) -> None:
        """Open nothing."""

    def numbers_under_way(self) -> dict[str, int]:
        raise LedgerUnusable("The database is gone.", hint="Bring it back.")


def test_a_ledger_that_cannot_be_asked_about_it_is_told(bench: Bench) -> None:
    tell_of_leaving(leaving(bench.inbox), NOTHING, Unusable(), bench.stages.log)

    trouble = events(bench, "inbox.left")[1]
    assert (trouble["level"], trouble["error"]) == ("warning", "The database is gone.")
