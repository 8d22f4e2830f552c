"""`ingestd demo`: the first thing that anybody runs."""

from __future__ import annotations

import os
import subprocess

from tests.acceptance.running import COMMAND, PATIENCE
from tests.workbench import LocalKanbert


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


def test_the_demo_uses_nobody_s_real_account(local_kanbert: LocalKanbert) -> None:
    real = {
        "INGESTD_ACCOUNTS__MAIN__BASE_URL": local_kanbert.base_url,
        "INGESTD_ACCOUNTS__MAIN__TOKEN": local_kanbert.token,
    }

    subprocess.run(
        [*COMMAND, "demo"], capture_output=True, timeout=PATIENCE, check=True, env=os.environ | real
    )

    assert local_kanbert.journal.count() == 0
