"""The real command in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

LONGEST = 60.0
"""Seconds a command may take before a test says that it hangs."""

ALONE = {
    name: value for name, value in os.environ.items() if not name.upper().startswith("INGESTD_")
}
"""The environment without settings of whoever runs the tests."""


def ingestd(
    *arguments: str, folder: Path, python: Sequence[str] = (), **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, to its end.

    :param python: options for the interpreter.
    :param environ: variables to set.
    """
    return subprocess.run(
        [sys.executable, *python, "-m", "ingestd", *arguments],
        cwd=folder,
        env={**ALONE, **environ},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def interrupted(
    *arguments: str, folder: Path, when: Callable[[], object]
) -> subprocess.CompletedProcess[str]:
    """Run a command until something is so, and press Ctrl-C.

    :param when: waits for it, and says whether it came.
    """
    command = [sys.executable, "-m", "ingestd", *arguments]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ALONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert when()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONGEST)
    finally:
        process.kill()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def unread(*arguments: str, folder: Path) -> int:
    """Run a command to its end where nobody reads anything that it says; its exit code."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            [sys.executable, "-m", "ingestd", *arguments],
            cwd=folder,
            env=ALONE,
            stdout=writing,
            stderr=writing,
            timeout=LONGEST,
            check=False,
        ).returncode
    finally:
        os.close(writing)
