from __future__ import annotations

import math
import threading
from itertools import pairwise

import pytest

from ingestd.daemon.account import LONGEST_TRIAL
from ingestd.daemon.probing import BETWEEN_LOOKS
from ingestd.errors import AccountTrouble
from tests.daemon.doubles import Gate, outage

WRONG_TOKEN = AccountTrouble("Kanbert refuses the token", hint="Renew it.")


@pytest.mark.parametrize("dice", [0.0, 0.5, 1.0])
def test_an_outage_of_ten_minutes_costs_a_handful_of_probes_and_one_line(dice: float) -> None:
    gate = Gate(dice=dice)
    gate.probed.error = outage()
    gate.account.trouble(outage())

    gate.pass_time(600)

    assert 5 <= len(gate.probed.times) <= 10
    assert gate.events() == ["account.paused"]


def test_probes_come_ever_more_rarely_but_at_least_every_five_minutes(paused: Gate) -> None:
    paused.pass_time(3600)

    times = [1000.0, *paused.probed.times]
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits[:7] == [5, 10, 20, 40, 80, 160, 300]
    assert set(waits[7:]) == {300}


def test_jitter_takes_away_up_to_half_of_a_wait(gate: Gate) -> None:
    gate.dice = 0.0

    gate.account.trouble(outage())

    assert gate.account.pause is not None
    assert gate.account.pause.probe_at == gate.clock.time + 2.5


@pytest.mark.parametrize(
    ("asked", "waited"), [(60.0, 60.0), (1.0, 5.0), (0.0, 5.0), (900.0, 900.0), (86400.0, 900.0)]
)
def test_the_wait_that_kanbert_asks_for_is_kept_within_reason(
    gate: Gate, asked: float, waited: float
) -> None:
    gate.account.trouble(outage(retry_after=asked))

    assert gate.account.pause is not None
    assert gate.account.pause.probe_at == gate.clock.time + waited


def test_a_pause_began_with_its_first_trouble(paused: Gate) -> None:
    paused.pass_time(600)

    assert paused.account.pause is not None
    assert paused.account.pause.since == 1000.0


def test_only_one_probe_is_under_way(paused: Gate) -> None:
    answer = threading.Event()
    paused.probed.meanwhile = lambda: answer.wait(10)
    paused.clock.time += 5

    paused.account.tick()
    paused.account.tick()
    answer.set()
    paused.tick()

    assert len(paused.probed.times) == 1


def test_an_open_account_is_not_probed(gate: Gate) -> None:
    gate.pass_time(600)

    assert gate.probed.times == []


def test_trouble_of_another_kind_is_said_too(paused: Gate) -> None:
    paused.probed.error = WRONG_TOKEN

    paused.pass_time(600)

    assert [line["error"] for line in paused.lines()] == [str(outage()), str(WRONG_TOKEN)]


def test_replaced_credentials_are_tried_at_once(gate: Gate) -> None:
    gate.account.trouble(WRONG_TOKEN)
    gate.tick()
    assert gate.probed.times == []

    gate.credentials = "second"
    gate.tick()

    assert gate.probed.times == [gate.clock.time]
    assert gate.account.pause is None


def test_replaced_credentials_that_are_wrong_too_are_tried_once(gate: Gate) -> None:
    gate.account.trouble(WRONG_TOKEN)
    gate.probed.error = WRONG_TOKEN
    gate.credentials = "second"

    gate.tick()
    gate.tick()

    assert len(gate.probed.times) == 1


def test_credentials_replaced_during_a_probe_are_tried_after_it(gate: Gate) -> None:
    def replace() -> None:
        gate.credentials = "second"

    gate.account.trouble(WRONG_TOKEN)
    gate.probed.error, gate.probed.meanwhile = WRONG_TOKEN, replace
    gate.clock.time += 5

    gate.tick()
    gate.tick()
    gate.tick()

    assert len(gate.probed.times) == 2


# ---- when it has to be looked at -----------------------------------------------------------------


def test_an_account_that_is_away_has_to_be_looked_at_once_for_each_probe(paused: Gate) -> None:
    waits = []
    while len(paused.probed.times) < 8:
        waits.append(paused.account.until_look())
        paused.clock.time += waits[-1]
        paused.tick()

    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


def test_other_credentials_are_looked_for_every_second_until_the_probe(gate: Gate) -> None:
    gate.account.trouble(WRONG_TOKEN)

    early, gate.clock.time = gate.account.until_look(), gate.clock.time + 4.5

    assert (early, gate.account.until_look()) == (BETWEEN_LOOKS, 0.5)


def test_whether_a_probe_has_ended_is_looked_at_every_second(paused: Gate) -> None:
    meanwhile: list[float] = []
    paused.probed.meanwhile = lambda: meanwhile.append(paused.account.until_look())
    paused.clock.time += 5

    paused.tick()

    assert meanwhile == [BETWEEN_LOOKS]


def test_an_account_that_is_open_or_waits_for_a_document_need_not_be_looked_at(
    paused: Gate,
) -> None:
    paused.resume()
    on_trial = paused.account.until_look()
    paused.account.admit("a document")
    paused.account.done_with("a document", delivered=True)

    assert (on_trial, paused.account.until_look()) == (math.inf, math.inf)


def test_a_document_on_trial_that_hangs_makes_way_as_soon_as_its_time_is_over(
    paused: Gate,
) -> None:
    paused.resume()
    paused.account.admit("one that hangs")

    waited = paused.account.until_look()
    paused.clock.time += waited
    paused.tick()

    assert waited == LONGEST_TRIAL
    assert paused.account.admit("another")
