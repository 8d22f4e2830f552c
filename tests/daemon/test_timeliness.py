"""A token's file may lie on a share that hangs: more is in `test_account_late_answers`."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest

from ingestd.daemon.account import Account
from ingestd.errors import AccountTrouble
from ingestd.observe import open_log
from tests.daemon.doubles import FakeClock, Probed

WRONG_TOKEN = AccountTrouble("Kanbert refuses the token", hint="Renew it.")


class TokenFile:
    """Sees at each look whether others can use the account meanwhile."""

    def __init__(self) -> None:
        self.looks = 0
        self.kept_waiting = False
        self.probed = Probed(FakeClock(), error=WRONG_TOKEN)
        self.account: Account | None = None
        self.account = Account(
            "main",
            probe=self.probed,
            credentials=self.look,
            log=open_log(io.StringIO()),
            clock=self.probed.clock,
            random=lambda: 1.0,
        )

    def look(self) -> object:
        self.looks += 1
        if account := self.account:
            other = threading.Thread(target=lambda: account.pause, daemon=True)
            other.start()
            other.join(5)
            self.kept_waiting |= other.is_alive()
        return "the same"


def probe(account: Account) -> None:
    account.trouble(WRONG_TOKEN)
    account.tick()
    for thread in threading.enumerate():
        if thread.name == "probe main":
            thread.join(10)


USES: list[Callable[[Account], object]] = [
    lambda it: it.trouble(WRONG_TOKEN),
    lambda it: it.done_with("a worker", delivered=True),
    lambda it: it.greet(),
    probe,
]


@pytest.mark.parametrize("use", USES)
def test_a_token_file_that_hangs_keeps_nobody_waiting_but_who_looks_at_it(
    use: Callable[[Account], object],
) -> None:
    file = TokenFile()
    assert file.account

    use(file.account)

    assert file.looks > 1
    assert not file.kept_waiting


def test_a_document_is_admitted_without_a_look_at_the_token_file() -> None:
    file = TokenFile()  # for its inbox would wait meanwhile
    assert file.account
    before = file.looks

    file.account.admit("a worker")

    assert file.looks == before
