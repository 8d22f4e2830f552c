from __future__ import annotations

import pytest

from ingestd.daemon.probing import HURRIED
from ingestd.errors import AccountTrouble, KanbertError, OutcomeUnknown, Unavailable
from tests.daemon.doubles import Gate, outage

WRONG_TOKEN = AccountTrouble("Kanbert refuses the token", hint="Renew it.")


@pytest.fixture
def on_trial(paused: Gate) -> Gate:
    """An account whose probe was just answered again."""
    paused.resume()
    return paused


# ---- open and paused -----------------------------------------------------------------------------


def test_an_open_account_lets_every_document_through(gate: Gate) -> None:
    assert all(gate.account.admit(number) for number in range(10))
    assert gate.account.pause is None


@pytest.mark.parametrize("error", [Unavailable("503"), WRONG_TOKEN])
def test_trouble_pauses_it(gate: Gate, error: KanbertError) -> None:
    gate.account.trouble(error)

    assert gate.account.pause is not None
    assert gate.account.pause.error is error
    assert not gate.account.admit("a document")


def test_one_answer_that_never_came_may_be_one_documents(gate: Gate) -> None:
    gate.account.trouble(OutcomeUnknown("timeout"))
    gate.account.trouble(OutcomeUnknown("timeout"))

    assert gate.account.admit("a document")


def test_several_answers_in_a_row_that_never_came_pause_it(gate: Gate) -> None:
    for _ in range(3):
        gate.account.trouble(OutcomeUnknown("timeout"))

    assert gate.account.pause is not None


def test_a_delivery_ends_the_row_of_answers_that_never_came(gate: Gate) -> None:
    for _ in range(4):
        gate.account.trouble(OutcomeUnknown("timeout"))
        gate.account.trouble(OutcomeUnknown("timeout"))
        gate.account.done_with("a document", delivered=True)

    assert gate.account.pause is None


@pytest.mark.parametrize(
    ("error", "level"),
    [(outage(), "warning"), (OutcomeUnknown("timeout"), "warning"), (WRONG_TOKEN, "error")],
)
def test_what_passes_by_itself_is_a_warning_and_what_needs_a_person_an_error(
    gate: Gate, error: KanbertError, level: str
) -> None:
    gate.probed.error = error

    gate.account.greet()

    (line,) = gate.lines()
    assert (line["event"], line["level"]) == ("account.paused", level)
    assert (line["error"], line.get("hint", "")) == (str(error), error.hint)
    assert line["probe_in_s"] == 5.0


def test_a_wrong_token_shows_before_the_first_document(gate: Gate) -> None:
    gate.probed.error = WRONG_TOKEN

    gate.account.greet()

    assert gate.account.pause is not None
    assert not gate.account.admit("a document")


def test_a_greeting_that_was_answered_changes_nothing(gate: Gate) -> None:
    gate.account.greet()

    assert gate.account.admit("a document")
    assert gate.events() == []


def test_a_pause_is_said_once_however_many_run_into_it(gate: Gate) -> None:
    for _ in range(4):
        gate.account.trouble(outage())

    assert gate.events() == ["account.paused"]
    assert gate.account.pause is not None
    assert gate.account.pause.probe_at == gate.clock.time + 5  # nor do the others put it off


# ---- on trial ------------------------------------------------------------------------------------


def test_on_trial_only_one_document_is_let_through(on_trial: Gate) -> None:
    assert on_trial.account.pause is None
    assert on_trial.account.admit("first")
    assert not on_trial.account.admit("second")
    assert on_trial.account.admit("first")


def test_a_delivery_on_trial_opens_it_for_all(on_trial: Gate) -> None:
    on_trial.account.admit("first")

    on_trial.account.done_with("first", delivered=True)

    assert on_trial.account.admit("second")
    assert on_trial.account.admit("third")


def test_a_document_on_trial_that_proves_nothing_makes_way_for_another(on_trial: Gate) -> None:
    on_trial.account.admit("first")

    on_trial.account.done_with("first", delivered=False)

    assert on_trial.account.admit("second")
    assert not on_trial.account.admit("third")


def test_a_document_that_was_not_let_through_decides_nothing(on_trial: Gate) -> None:
    on_trial.account.admit("first")

    on_trial.account.done_with("second", delivered=True)

    assert not on_trial.account.admit("second")


@pytest.mark.parametrize("error", [outage(), OutcomeUnknown("timeout"), WRONG_TOKEN])
def test_trouble_on_trial_pauses_it_again(on_trial: Gate, error: KanbertError) -> None:
    on_trial.account.admit("first")

    on_trial.account.trouble(error)

    assert on_trial.account.pause is not None
    assert not on_trial.account.admit("first")


def test_trouble_on_trial_does_not_begin_the_waits_anew(on_trial: Gate) -> None:
    on_trial.account.trouble(outage())

    assert on_trial.account.pause is not None
    assert on_trial.account.pause.probe_at - on_trial.clock.time > 5


def test_after_a_delivery_the_waits_begin_anew(on_trial: Gate) -> None:
    on_trial.account.admit("first")
    on_trial.account.done_with("first", delivered=True)

    on_trial.account.trouble(outage())

    assert on_trial.account.pause is not None
    assert on_trial.account.pause.probe_at == on_trial.clock.time + 5
    assert on_trial.account.pause.since == on_trial.clock.time


def test_whoever_waits_is_told_of_every_change(on_trial: Gate) -> None:
    on_trial.account.admit("first")
    on_trial.account.done_with("first", delivered=True)

    assert on_trial.told == [False, True, True]


# ---- whose trouble it is, and when to give up ----------------------------------------------------


def test_trouble_that_closes_an_open_account_is_the_account_s(gate: Gate) -> None:
    assert not gate.account.trouble(WRONG_TOKEN)


def test_an_answer_that_never_came_may_be_the_document_s(gate: Gate) -> None:
    assert gate.account.trouble(OutcomeUnknown("timeout"))


def test_trouble_right_after_a_probe_was_answered_may_be_the_document_s(on_trial: Gate) -> None:
    on_trial.account.admit("a document")

    assert on_trial.account.trouble(WRONG_TOKEN)


def hurried() -> Gate:
    gate = Gate(eagerness=HURRIED)
    gate.account.trouble(WRONG_TOKEN)
    return gate


def fail_trials(gate: Gate, times: int) -> None:
    for _ in range(times):
        gate.pass_time(2.0, step=0.5)
        assert gate.account.admit("a document")
        gate.account.trouble(WRONG_TOKEN)


def test_an_account_whose_probe_fails_is_hopeless() -> None:
    gate = hurried()
    gate.probed.error = WRONG_TOKEN
    before = gate.account.hopeless

    gate.pass_time(1.0)

    assert (before, gate.account.hopeless) == (False, True)


def test_an_account_that_takes_no_document_after_several_probes_is_hopeless() -> None:
    gate = hurried()

    fail_trials(gate, HURRIED.trials - 2)
    before = gate.account.hopeless
    fail_trials(gate, 1)

    assert (before, gate.account.hopeless) == (False, True)


def test_an_account_that_is_paused_for_long_is_hopeless() -> None:
    gate = hurried()
    gate.clock.time += HURRIED.longest_hope + 1

    assert gate.account.hopeless


def test_an_account_that_may_be_used_is_not_hopeless(on_trial: Gate) -> None:
    assert not on_trial.account.hopeless


def test_who_is_in_no_hurry_to_come_back_gives_up_at_the_first_pause(gate: Gate) -> None:
    gate.account.trouble(WRONG_TOKEN)

    assert gate.account.hopeless


def test_whoever_was_forgotten_is_told_no_more(on_trial: Gate) -> None:
    told: list[str] = []

    def forgotten() -> None:
        told.append("forgotten")

    on_trial.account.on_change(forgotten)
    on_trial.account.on_change(lambda: told.append("kept"))
    on_trial.account.forget(forgotten)
    on_trial.account.trouble(outage())

    assert told == ["kept"]


@pytest.mark.parametrize("error", [None, outage()])
def test_it_is_being_asked_until_a_probe_was_answered(
    gate: Gate, error: KanbertError | None
) -> None:
    asked: list[bool] = []
    gate.probed.error = error
    gate.probed.meanwhile = lambda: asked.append(gate.account.being_asked)

    gate.account.greet()

    assert (asked, gate.account.being_asked) == ([True], False)
