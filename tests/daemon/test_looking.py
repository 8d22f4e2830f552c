"""How everything stands, as metrics and health have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingestd.daemon.looking import look_at
from ingestd.errors import AccountTrouble, InboxUnavailable
from ingestd.intake.pairing import Oddity
from ingestd.observe import AccountNow, InboxNow
from tests.daemon.standing import Standing
from tests.workbench import Bench


@pytest.fixture
def standing(bench: Bench) -> Iterator[Standing]:
    standing = Standing(bench)
    yield standing
    standing.close()


def inbox(standing: Standing) -> InboxNow:
    return look_at(standing.fleet).inboxes[0]


def test_where_all_is_well_nothing_is_said(standing: Standing) -> None:
    standing.open()

    now = look_at(standing.fleet)

    assert (now.accounts, now.inboxes) == ((AccountNow("main"),), (InboxNow("scanner"),))


def test_what_waits_is_counted_and_how_long(standing: Standing) -> None:
    standing.open()
    standing.carrying.drop("a.pdf", "b.pdf")

    standing.carrying.time += 60

    assert (inbox(standing).waiting, inbox(standing).oldest) == (2, 60.0)


def test_what_waits_gets_older_while_the_account_is_paused(standing: Standing) -> None:
    standing.open()
    standing.carrying.account.trouble(AccountTrouble("The token is wrong."))
    standing.carrying.start()
    standing.carrying.drop("a.pdf")
    standing.carrying.time += 3600
    standing.carrying.list_inbox()

    assert (inbox(standing).waiting, inbox(standing).oldest) == (1, 3600.0)
    standing.carrying.at_rest()


def test_what_was_delivered_does_not_wait(standing: Standing) -> None:
    standing.open()
    standing.carrying.drop("a.pdf")
    standing.carrying.start()
    standing.carrying.wait_for(lambda: len(standing.carrying.filed) == 1)
    standing.carrying.time += 60
    standing.carrying.at_rest()

    assert inbox(standing) == InboxNow("scanner")


def test_an_account_with_trouble_says_which(standing: Standing) -> None:
    standing.carrying.account.trouble(AccountTrouble("The token is wrong.", hint="Replace it."))

    assert look_at(standing.fleet).accounts == (
        AccountNow("main", "The token is wrong.", "Replace it."),
    )


def test_an_inbox_is_not_served_before_it_was_looked_at(standing: Standing) -> None:
    assert inbox(standing).error == "It was not looked at yet."


def test_an_inbox_that_is_away_says_so(standing: Standing) -> None:
    standing.open()
    standing.intake.trouble = InboxUnavailable("It is away.", hint="Mount it.")

    assert (inbox(standing).error, inbox(standing).hint) == ("It is away.", "Mount it.")


def test_what_is_no_file_is_held(standing: Standing) -> None:
    standing.open()
    standing.intake.left_alone = [Oddity("link.pdf", "is a symbolic link", 7)]

    assert inbox(standing).held == 1


def test_what_is_not_looked_after_any_more_is_not_told_of(standing: Standing) -> None:
    standing.fleet.stations.clear()

    assert look_at(standing.fleet).inboxes == ()
