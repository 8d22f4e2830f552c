"""What the log hears of an account's trouble: each once, and its end once that is proven."""

from __future__ import annotations

from ingestd.errors import AccountTrouble, Answer, OutcomeUnknown, Unavailable
from tests.daemon.doubles import Gate

WRONG_TOKEN = AccountTrouble("Kanbert refuses the token", hint="Renew it.")
NO_SCOPE = AccountTrouble("create: 403", hint="Give it the scopes.", answer=Answer(status=403))


def _deliver(gate: Gate) -> None:
    assert gate.account.admit("a document")
    gate.account.done_with("a document", delivered=True)


def test_a_trouble_that_a_probe_met_is_over_when_a_probe_succeeds(gate: Gate) -> None:
    gate.probed.error = WRONG_TOKEN
    gate.account.greet()

    gate.resume()

    assert gate.events() == ["account.paused", "account.resumed"]
    _deliver(gate)
    assert gate.events() == ["account.paused", "account.resumed"]


def test_a_trouble_of_a_document_s_that_a_probe_met_too_is_over_when_a_probe_succeeds(
    gate: Gate,
) -> None:
    gate.account.trouble(WRONG_TOKEN)
    gate.probed.error = WRONG_TOKEN
    gate.pass_time(60)

    gate.resume()

    assert gate.events() == ["account.paused", "account.resumed"]


def test_a_trouble_that_no_probe_met_is_over_when_a_document_was_delivered(gate: Gate) -> None:
    gate.account.trouble(NO_SCOPE)
    gate.resume()
    assert gate.events() == ["account.paused"]

    _deliver(gate)

    assert gate.events() == ["account.paused", "account.resumed"]


def test_a_trouble_that_no_probe_meets_is_said_once_however_often_it_is_tried(gate: Gate) -> None:
    for _ in range(20):
        gate.account.trouble(NO_SCOPE)
        gate.pass_time(301)
        assert gate.account.pause is None

    assert gate.events() == ["account.paused"]
    assert len(gate.probed.times) == 20


def test_one_trouble_is_said_once_whatever_was_asked_for(gate: Gate) -> None:
    gate.probed.error = AccountTrouble("list: 403", hint=NO_SCOPE.hint, answer=NO_SCOPE.answer)
    gate.account.trouble(NO_SCOPE)

    gate.pass_time(600)

    assert [line["error"] for line in gate.lines()] == ["create: 403"]


def test_an_outage_is_said_once_however_it_shows(gate: Gate) -> None:
    gate.probed.error = OutcomeUnknown("502", answer=Answer(status=502))
    gate.account.trouble(Unavailable("503", answer=Answer(status=503)))

    gate.pass_time(600)

    assert gate.events() == ["account.paused"]


def test_trouble_after_trouble_was_over_is_said_again(gate: Gate) -> None:
    for _ in range(2):
        gate.account.trouble(NO_SCOPE)
        gate.resume()
        _deliver(gate)

    assert gate.events() == ["account.paused", "account.resumed"] * 2


def test_another_trouble_than_the_first_is_said_too(gate: Gate) -> None:
    gate.account.trouble(WRONG_TOKEN)
    gate.resume()

    gate.account.trouble(NO_SCOPE)

    assert [line["error"] for line in gate.lines()] == [str(WRONG_TOKEN), str(NO_SCOPE)]


def test_an_unclear_answer_that_needs_a_person_pauses_it_at_once(gate: Gate) -> None:
    gate.account.trouble(OutcomeUnknown("a login page", hint="Log in."))

    assert gate.account.pause is not None
    assert gate.lines()[0]["level"] == "error"


def test_its_trouble_is_known_until_the_end_of_that_is_proven(gate: Gate) -> None:
    at_first = gate.account.known_trouble
    gate.account.trouble(NO_SCOPE)
    gate.resume()
    on_trial = gate.account.known_trouble
    _deliver(gate)

    assert (at_first, on_trial, gate.account.known_trouble) == (None, NO_SCOPE, None)
