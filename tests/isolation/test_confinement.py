"""What a document could do if it took over what reads it."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

import pytest

from ingestd.isolation import Isolated
from ingestd.isolation.process import bare
from tests.isolation.isolating import LIMITS, ask, pid


@pytest.mark.parametrize("way", ["file", "socket", "pipe", "core"])
def test_nothing_can_be_opened(isolated: Isolated[Any], way: str) -> None:
    assert ask(isolated, "refusals")[way] == "EMFILE"


def test_only_its_socket_and_nothing_of_the_parent_is_open(isolated: Isolated[Any]) -> None:
    ours, its = os.pipe()
    os.set_inheritable(its, True)

    child = Path(f"/proc/{pid(isolated)}/fd")

    os.close(ours)
    os.close(its)
    assert {one.name for one in child.iterdir()} == {"0", "1", "2"}
    assert str((child / "0").readlink()).startswith("socket:")
    assert str((child / "1").readlink()) == str((child / "2").readlink()) == os.devnull


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        (resource.RLIMIT_AS, LIMITS.memory),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ],
)
def test_its_limits_are_low_and_cannot_be_raised(
    isolated: Isolated[Any], limit: int, value: int
) -> None:
    assert resource.prlimit(pid(isolated), limit) == (value, value)


def test_it_knows_no_secrets() -> None:
    known = bare(
        {
            "PATH": "/bin",
            "LC_ALL": "C",
            "INGESTD_ACCOUNTS__MAIN__TOKEN": "secret",
            "CREDENTIALS_DIRECTORY": "/run/credentials/ingestd",
            "HTTPS_PROXY": "http://name:secret@proxy",
        }
    )

    assert set(known) == {"PATH", "LC_ALL", "PYTHONPATH"}


def test_it_is_started_with_what_it_may_know_and_nowhere(isolated: Isolated[Any]) -> None:
    around = ask(isolated, "around")

    assert set(around["environment"]) <= {*bare(os.environ), "LC_CTYPE"}  # Python adds that one
    assert around["folder"] == "/"


def test_it_is_in_no_foreground(isolated: Isolated[Any]) -> None:
    child = pid(isolated)

    assert os.getsid(child) == child
