from __future__ import annotations

import pytest

from ingestd.sandbox import Fault, Faults
from tests.sandbox.running import Running

_CREATE = "createIncomingInvoice"
_LIST = "listIncomingInvoices"


def test_a_fault_strikes_as_often_as_it_was_ordered(sandbox: Running) -> None:
    sandbox.faults.add(Fault(status=503, times=2))

    assert [sandbox.listed().status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_without_times_strikes_until_it_is_cleared(sandbox: Running) -> None:
    sandbox.faults.add(Fault(status=503, times=None))
    assert [sandbox.listed().status_code for _ in range(3)] == [503] * 3

    sandbox.faults.clear()

    assert sandbox.listed().status_code == 200


def test_a_fault_of_one_operation_spares_the_others(sandbox: Running) -> None:
    sandbox.faults.add(Fault(status=503, operation=_CREATE))

    assert sandbox.listed().status_code == 200
    assert sandbox.create().status_code == 503
    assert sandbox.create().status_code == 201


def test_the_fault_that_was_added_first_strikes_first(sandbox: Running) -> None:
    sandbox.faults.add(Fault(status=503), Fault(status=500))

    assert [sandbox.listed().status_code for _ in range(3)] == [503, 500, 200]
    assert sandbox.faults.in_force() == []


def test_probabilities_are_repeatable_and_about_right() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(Fault(status=503, times=None, probability=0.3), seed=seed)
        return [faults.strike(_LIST) is not None for _ in range(1000)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 250 < sum(struck(1)) < 350


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": 0},
        {"probability": 1.5},
        {"delay": -1.0},
        {"commit_after": -1.0},
        {"status": 99},
    ],
)
def test_an_impossible_fault_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Fault(**wrong)  # type: ignore[arg-type]
