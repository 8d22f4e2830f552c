"""`ingestd demo`: the first thing that anybody runs."""

from __future__ import annotations

import subprocess

from tests.acceptance.running import COMMAND, PATIENCE


def test_the_demo_ends_by_itself_and_accounts_for_every_sample() -> None:
    ended = subprocess.run(
        [*COMMAND, "demo"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    told = ended.stdout.split("What became of them")[1]
    assert ended.returncode == 0
    assert [told.count(outcome) for outcome in (" delivered ", " duplicate ", " failed ")] == [
        2,
        1,
        3,
    ]
    assert "not complete" in told
    assert "no outcome" not in told
