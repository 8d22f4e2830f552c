"""`ingestd demo`: the first thing that anybody runs."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from ingestd.cli.samples import pdf
from tests.acceptance.running import COMMAND, PATIENCE, files_below
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


def test_what_somebody_dropped_into_the_demo_is_left_to_them(tmp_path: Path) -> None:
    own, environ = pdf("an invoice of their own"), os.environ | {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [*COMMAND, "demo", "--keep"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    )
    assert process.stdout
    assert process.stderr
    inbox = Path(process.stdout.readline().removeprefix("An inbox: ").strip())
    (inbox / "own.pdf").write_bytes(own)
    heard = any("document.delivered" in line and "own.pdf" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)

    (folder,) = tmp_path.iterdir()
    assert (heard, process.returncode) == (True, 0)
    assert files_below(inbox)["done/own.pdf"] == own
    assert said.splitlines()[-1].startswith(f"All files are still in {folder}: ")


def test_without_being_asked_to_it_leaves_nothing_behind(tmp_path: Path) -> None:
    subprocess.run(
        [*COMMAND, "demo"],
        capture_output=True,
        timeout=PATIENCE,
        check=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )

    assert list(tmp_path.iterdir()) == []
