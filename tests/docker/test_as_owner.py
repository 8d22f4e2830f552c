"""docker/as-owner decides who ingestd runs as; what changes that is stood in for, but once."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = (Path(__file__).parents[2] / "docker" / "as-owner").read_text("utf-8")
DROPPED = "--groups {groups} --no-new-privs ingestd run"


@dataclass
class Container:
    """A container that is started, with what it asks of the system answered by stand-ins."""

    folder: Path
    user: int = 0
    groups: str = "0"
    owner: int = 0
    """Of the state folder."""
    setpriv: str = 'echo "$@"'
    chown: str = 'echo "$@" > "$INGESTD_STATE_DIR/chowned"'

    def __post_init__(self) -> None:
        self._stand_in("id", f'case $1 in -u) echo {self.user};; -G) echo "{self.groups}";; esac')
        self._stand_in("stat", f"echo {self.owner}")
        self._stand_in("setpriv", self.setpriv)
        self._stand_in("chown", self.chown)

    def _stand_in(self, command: str, text: str) -> None:
        path = self.folder / "bin" / command
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def start(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return start(*command, PATH=path, INGESTD_STATE_DIR=str(self.folder), **environ)

    @property
    def given_away(self) -> str:
        """What `chown` was told."""
        told = self.folder / "chowned"
        return told.read_text().strip() if told.exists() else ""


def start(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", SCRIPT, "as-owner", *(command or ("ingestd", "run"))],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_in_truth_root_becomes_who_is_meant_and_anybody_else_stays_who_they_are(
    tmp_path: Path,
) -> None:
    meant = {"PUID": "1026", "PGID": "100"}
    is_root = os.geteuid() == 0

    ran = start(
        *("sh", "-c", "id -u; id -g; umask"),
        PATH=os.environ["PATH"],
        INGESTD_STATE_DIR=str(tmp_path),
        UMASK="002",
        **meant,
    )

    user, group = (1026, 100) if is_root else (os.geteuid(), os.getegid())
    assert ran.stdout.split() == [str(user), str(group), "0002"]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ({}, "--reuid 1000 --regid 1000"),
        ({"PUID": "1026", "PGID": "100"}, "--reuid 1026 --regid 100"),
        ({"PUID": "99"}, "--reuid 99 --regid 1000"),
    ],
)
def test_root_becomes_who_is_meant(tmp_path: Path, given: dict[str, str], ids: str) -> None:
    ran = Container(tmp_path).start(**given)

    dropped = DROPPED.format(groups=given.get("PGID", 1000))
    assert ran.stdout.splitlines()[-1] == f"{ids} {dropped}"


def test_groups_that_were_added_stay_and_roots_own_goes(tmp_path: Path) -> None:
    ran = Container(tmp_path, groups="0 2000 2001").start(PGID="100")

    assert DROPPED.format(groups="100,2000,2001") in ran.stdout


def test_root_in_a_rootless_engine_can_stay_who_it_is(tmp_path: Path) -> None:
    ran = Container(tmp_path).start("echo", "as", "we", "are", PUID="0")

    assert ran.stdout == "as we are\n"


def test_who_is_started_as_somebody_just_runs(tmp_path: Path) -> None:
    container = Container(tmp_path, user=1000)

    ran = container.start("echo", "two  words")

    assert (ran.stdout, ran.stderr, container.given_away) == ("two  words\n", "", "")


def test_a_puid_that_is_not_heeded_is_said(tmp_path: Path) -> None:
    ran = Container(tmp_path, user=1000).start("echo", "on", PUID="99")

    assert ran.stdout == "on\n"
    assert "PUID=99 is not heeded: the container was started as user 1000." in ran.stderr


def test_a_state_folder_of_roots_is_given_away(tmp_path: Path) -> None:
    container = Container(tmp_path, owner=0)

    container.start(PUID="1026", PGID="100")

    assert container.given_away == f"1026:100 {tmp_path}"


def test_a_state_folder_of_somebodys_is_left_to_them(tmp_path: Path) -> None:
    container = Container(tmp_path, owner=1000)

    container.start(PUID="1026", PGID="100")

    assert container.given_away == ""


def test_a_state_folder_that_cannot_be_given_away_is_left_to_ingestd_to_complain_of(
    tmp_path: Path,
) -> None:
    ran = Container(tmp_path, chown="exit 1").start()

    assert (ran.returncode, ran.stderr) == (0, "")


def test_root_that_may_not_become_anybody_is_told_what_to_do(tmp_path: Path) -> None:
    ran = Container(tmp_path, setpriv="exit 1").start(PUID="1026", PGID="100")

    assert ran.returncode == 2
    assert "SETUID and SETGID are dropped" in ran.stderr
    assert 'start the container with user: "1026:100"' in ran.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PUID": "scanner"}, "PUID=scanner is no number"),
        ({"PUID": "-1"}, "PUID=-1 is no number"),
        ({"PGID": "1 0"}, "PGID=1 0 is no number"),
        ({"UMASK": "rwx"}, "UMASK=rwx is no mask"),
        ({"UMASK": "22"}, "UMASK=22 is no mask"),
        ({"UMASK": "0089"}, "UMASK=0089 is no mask"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, given: dict[str, str], said: str) -> None:
    ran = Container(tmp_path).start(**given)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


@pytest.mark.parametrize(
    ("given", "mask"),
    [
        ({}, "0022"),
        ({"UMASK": "002"}, "0002"),
        ({"UMASK": "0077"}, "0077"),
        ({"UMASK": ""}, "0022"),
    ],
)
def test_the_umask_is_set_whoever_it_is(tmp_path: Path, given: dict[str, str], mask: str) -> None:
    ran = Container(tmp_path, user=1000).start("sh", "-c", "umask", **given)

    assert ran.stdout.strip() == mask
