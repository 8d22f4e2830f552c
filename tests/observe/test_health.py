from __future__ import annotations

import pytest

from ingestd.observe import AccountNow, InboxNow, Liveness, Now, readiness
from ingestd.observe.health import LONGEST_PAUSE
from tests.daemon.doubles import FakeClock

WELL = Now((AccountNow("main"),), (InboxNow("scanner", waiting=7, held=2),))


@pytest.mark.parametrize(("passed", "alive"), [(LONGEST_PAUSE - 1, True), (LONGEST_PAUSE, False)])
def test_it_is_alive_while_the_main_thread_turns(passed: float, alive: bool) -> None:
    clock = FakeClock()
    liveness = Liveness(clock)
    clock.time += 3600
    liveness.turned()

    clock.time += passed

    assert liveness.alive is alive


def test_it_is_ready_where_all_is_well_whatever_waits() -> None:
    assert readiness(WELL) == {
        "ready": True,
        "accounts": {"main": {"ok": True}},
        "inboxes": {"scanner": {"ok": True}},
    }


@pytest.mark.parametrize(
    ("now", "part", "said"),
    [
        (
            Now((AccountNow("main", "The token is wrong.", "Replace it."),), WELL.inboxes),
            ("accounts", "main"),
            {"ok": False, "error": "The token is wrong.", "hint": "Replace it."},
        ),
        (
            Now(WELL.accounts, (InboxNow("scanner", "It is away."),)),
            ("inboxes", "scanner"),
            {"ok": False, "error": "It is away."},
        ),
    ],
)
def test_it_is_not_ready_where_one_thing_is_not_well_and_says_which(
    now: Now, part: tuple[str, str], said: dict[str, object]
) -> None:
    found = readiness(now)

    assert found["ready"] is False
    assert found[part[0]][part[1]] == said
