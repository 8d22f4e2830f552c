"""A bash that somebody types into."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

from tests.cli.running import ALONE, LONGEST
from tests.cli.terminal import everything

STUB = """\
#!/bin/sh
if [ -n "$_INGESTD_COMPLETE" ]; then exec "{python}" -m ingestd; fi
if [ "$1" = completion ]; then exec "{python}" -m ingestd "$@"; fi
for word in "$@"; do printf '%s\\n' "$word"; done > "{folder}/words"
"""
"""An `ingestd` that completes, and else notes what it is given."""


def words_of_bash(typed: str, folder: Path) -> list[str]:
    """What bash makes of a line with `ingestd` that is typed into it; tabs complete.

    :param folder: where it is typed.
    """
    (folder / "bin").mkdir()
    stub = folder / "bin" / "ingestd"
    stub.write_text(STUB.format(python=sys.executable, folder=folder))
    stub.chmod(0o755)
    ours, its = pty.openpty()
    process = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        cwd=folder,
        env={**ALONE, "PATH": f"{stub.parent}:{os.environ['PATH']}", "TERM": "dumb"},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    begin = 'bind "set enable-bracketed-paste off"; eval "$(ingestd completion bash)"'
    os.write(ours, f"{begin}\n{typed}\nexit\n".encode())
    hangs = threading.Timer(LONGEST, process.kill)
    hangs.start()
    try:
        said = everything(ours)
        assert process.wait(LONGEST) == 0, said
        return (folder / "words").read_text().splitlines()
    finally:
        hangs.cancel()
        process.kill()
        os.close(ours)
