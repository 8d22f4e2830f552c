from __future__ import annotations

import subprocess
import sys

from tests.cli.running import ALONE

PROGRAM = """
import gc
from ingestd.cli import main

def note(phase, about):
    global looks
    looks += phase == "start"

looks = 0
gc.callbacks.append(note)
try:
    main(["--config", "is-not-there.toml", "status"])
except SystemExit as ended:
    collected = gc.collect()
    print(ended.code, looks, any(one is main.__globals__ for one in gc.get_objects()))
"""


def test_a_command_looks_seldom_for_garbage_and_not_through_all_at_its_end() -> None:
    command = [sys.executable, "-c", PROGRAM]
    said = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=True)

    code, looks, looked_through_at_the_end = said.stdout.split()
    assert code == "2"
    assert int(looks) < 30
    assert looked_through_at_the_end == "False"
