"""What an account makes of answers that come late, and of what happens at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ingestd.daemon.account import Account
from ingestd.errors import AccountTrouble, Answer, KanbertError, OutcomeUnknown
from tests.daemon.carrying import Carrying, until
from tests.daemon.doubles import FakeClock, Gate, outage
from tests.workbench import Bench

WRONG_TOKEN = AccountTrouble("create: 401", hint="Renew it.", answer=Answer(status=401))
NO_SCOPE = AccountTrouble("create: 403", hint="Give it the scopes.", answer=Answer(status=403))
EMPTY_FILE = AccountTrouble("The token file is empty.", hint="Write the token into it.")


def _deliver(gate: Gate, document: str) -> None:
    assert gate.account.admit(document)
    gate.account.done_with(document, delivered=True)


# ---- from before the pause -----------------------------------------------------------------------


@pytest.mark.parametrize("late", [WRONG_TOKEN, NO_SCOPE, outage()])
def test_an_answer_from_before_a_pause_does_not_pause_it_again(
    gate: Gate, late: KanbertError
) -> None:
    gate.account.admit("first")
    gate.account.admit("late")
    gate.account.trouble(WRONG_TOKEN, "first")
    gate.resume()
    _deliver(gate, "third")

    assert not gate.account.trouble(late, "late")

    assert gate.account.calm
    assert gate.events() == ["account.paused", "account.resumed"]


def test_an_answer_from_before_a_pause_does_not_end_the_trial_of_another(gate: Gate) -> None:
    gate.account.admit("first")
    gate.account.admit("late")
    gate.account.trouble(WRONG_TOKEN, "first")
    gate.resume()
    gate.account.admit("on trial")

    gate.account.trouble(NO_SCOPE, "late")

    assert gate.account.pause is None
    gate.account.done_with("on trial", delivered=True)
    assert gate.account.calm


def test_answers_that_never_came_before_a_pause_do_not_count_after_it(gate: Gate) -> None:
    for document in ("first", "late", "later"):
        gate.account.admit(document)
    gate.account.trouble(WRONG_TOKEN, "first")
    gate.resume()
    _deliver(gate, "third")

    gate.account.trouble(OutcomeUnknown("timeout"), "late")
    gate.account.trouble(OutcomeUnknown("timeout"), "later")
    gate.account.trouble(OutcomeUnknown("timeout"))

    assert gate.account.calm


def test_a_worker_s_answer_is_known_to_be_from_before_a_pause(bench: Bench) -> None:
    class Late:
        """A Kanbert that answers a check when the account was paused and opened meanwhile."""

        def check_duplicate(self, _: str) -> None:
            carrying.account.trouble(NO_SCOPE)
            carrying.pass_time_until(lambda: carrying.account.admit("another"))
            carrying.account.done_with("another", delivered=True)
            raise NO_SCOPE

    kanbert: Any = Late()
    carrying = Carrying(bench, replace(bench.stages, kanbert=kanbert))
    carrying.drop("late.pdf")
    carrying.start()

    until(lambda: carrying.returned != [])
    carrying.end()

    assert carrying.account.calm
    assert bench.events().count("account.paused") == 1


def test_a_greeting_from_before_a_pause_does_not_pause_it_again(gate: Gate) -> None:
    def paused_and_resumed() -> None:
        gate.probed.meanwhile = lambda: None
        gate.account.trouble(WRONG_TOKEN)
        gate.resume()
        _deliver(gate, "first")
        gate.probed.error = NO_SCOPE

    gate.probed.meanwhile = paused_and_resumed

    gate.account.greet()

    assert gate.account.calm
    assert gate.events() == ["account.paused", "account.resumed"]


@pytest.mark.parametrize("error", [outage(), OutcomeUnknown("timeout")])
def test_a_greeting_that_met_what_passes_does_not_pause_what_delivered_meanwhile(
    gate: Gate, error: KanbertError
) -> None:
    gate.probed.error = error
    gate.probed.meanwhile = lambda: _deliver(gate, "first")

    gate.account.greet()

    assert gate.account.calm
    assert gate.events() == []


def test_a_greeting_that_was_refused_pauses_what_delivered_meanwhile(gate: Gate) -> None:
    gate.probed.error = NO_SCOPE
    gate.probed.meanwhile = lambda: _deliver(gate, "first")

    gate.account.greet()

    assert gate.account.pause is not None


def test_one_that_is_admitted_after_a_pause_may_pause_it_again(gate: Gate) -> None:
    gate.account.admit("a worker")
    gate.account.trouble(NO_SCOPE, "a worker")
    gate.account.done_with("a worker", delivered=False)
    gate.resume()

    gate.account.admit("a worker")
    gate.account.trouble(NO_SCOPE, "a worker")

    assert gate.account.pause is not None


# ---- with a token that was replaced since --------------------------------------------------------


def test_an_answer_to_a_token_that_was_replaced_since_pauses_nothing(gate: Gate) -> None:
    gate.account.admit("first")
    gate.credentials = "second"

    assert not gate.account.trouble(NO_SCOPE, "first")

    assert gate.account.calm
    assert gate.events() == []


def test_a_greeting_with_a_token_that_was_replaced_meanwhile_pauses_nothing(gate: Gate) -> None:
    def replaced() -> None:
        gate.credentials = "second"

    gate.probed.error, gate.probed.meanwhile = NO_SCOPE, replaced

    gate.account.greet()

    assert gate.account.calm


def test_a_greeting_with_a_token_that_was_replaced_before_may_pause_it(gate: Gate) -> None:
    gate.credentials = "second"
    gate.probed.error = NO_SCOPE

    gate.account.greet()

    assert gate.events() == ["account.paused"]


def test_a_new_token_that_is_wrong_too_pauses_it_with_the_next_document(gate: Gate) -> None:
    gate.account.admit("first")
    gate.credentials = "second"
    gate.account.trouble(NO_SCOPE, "first")

    gate.account.admit("second")
    gate.account.trouble(NO_SCOPE, "second")

    assert gate.events() == ["account.paused"]


def test_a_token_file_that_never_stays_the_same_keeps_no_trouble_from_being_said(
    gate: Gate,
) -> None:
    for number in range(100):
        gate.account.admit("a worker")
        gate.credentials = number
        gate.account.trouble(NO_SCOPE, "a worker")
        gate.account.done_with("a worker", delivered=False)

    assert gate.account.pause is not None
    assert gate.events() == ["account.paused"]


def test_after_a_delivery_replaced_tokens_are_told_apart_again(gate: Gate) -> None:
    for number in range(100):
        gate.account.admit("a worker")
        gate.credentials = number
        gate.account.trouble(NO_SCOPE, "a worker")
        gate.account.done_with("a worker", delivered=number % 10 == 0)

    assert gate.account.calm


def test_a_probe_that_meets_a_token_file_while_it_is_written_says_nothing(gate: Gate) -> None:
    def replace_token() -> None:
        gate.credentials, gate.probed.error = "written", EMPTY_FILE

    gate.account.trouble(WRONG_TOKEN)
    gate.credentials, gate.probed.meanwhile = "empty", replace_token
    gate.pass_time(1)
    gate.probed.error, gate.probed.meanwhile = None, lambda: None

    gate.pass_time(1)  # and is followed by another at once

    assert gate.account.pause is None
    assert gate.events() == ["account.paused"]


def test_a_token_file_that_stays_empty_is_said(gate: Gate) -> None:
    gate.account.trouble(WRONG_TOKEN)
    gate.credentials, gate.probed.error = "empty", EMPTY_FILE

    gate.pass_time(60)

    assert gate.events() == ["account.paused", "account.paused"]
    assert gate.lines()[-1]["error"] == str(EMPTY_FILE)


# ---- at the same time ----------------------------------------------------------------------------


@dataclass
class SlowLog:
    """Something else happens, on another thread, before it has written its first line."""

    meanwhile: Callable[[], None] = lambda: None
    events: list[str] = field(default_factory=list)

    def bind(self, **_: Any) -> SlowLog:
        return self

    def error(self, event: str, **_: Any) -> None:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        other = threading.Thread(target=meanwhile)
        other.start()
        other.join(30)
        self.events.append(event)

    warning = info = error


def _account(log: Any, clock: FakeClock) -> Account:
    return Account(
        "main",
        probe=lambda: None,
        credentials=lambda: "first",
        log=log,
        clock=clock,
        random=lambda: 1.0,
    )


def test_two_refused_at_the_same_time_are_said_once() -> None:
    log = SlowLog()
    account = _account(log, FakeClock())
    account.admit("one")
    account.admit("other")

    def be_refused_too() -> None:
        account.trouble(NO_SCOPE, "other")

    log.meanwhile = be_refused_too

    account.trouble(WRONG_TOKEN, "one")

    assert log.events == ["account.paused"]


def test_a_trouble_that_is_over_before_it_was_said_is_said_before_its_end() -> None:
    log, clock = SlowLog(), FakeClock()
    account = _account(log, clock)

    def resume_and_deliver() -> None:
        clock.time += 5.0
        account.tick()
        for thread in threading.enumerate():
            if thread.name == "probe main":
                thread.join(30)
        account.admit("other")
        account.done_with("other", delivered=True)

    log.meanwhile = resume_and_deliver

    account.trouble(WRONG_TOKEN)

    assert account.calm
    assert log.events == ["account.paused", "account.resumed"]
