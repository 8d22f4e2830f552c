from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.daemon import lock_state
from ingestd.errors import SettingsError
from tests.hardship import bound_by_rights, read_only

HOLD = """
import sys
from pathlib import Path
from ingestd.daemon import lock_state
with lock_state(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_state_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    with lock_state(tmp_path / "var" / "ingestd"):
        assert (tmp_path / "var" / "ingestd").is_dir()


def test_others_may_not_look_into_a_state_folder(tmp_path: Path) -> None:
    with lock_state(tmp_path / "state"):
        assert (tmp_path / "state").stat().st_mode & 0o007 == 0


def test_a_second_ingestd_is_told_of_the_first(tmp_path: Path) -> None:
    with lock_state(tmp_path), pytest.raises(SettingsError, match="Another ingestd") as caught:
        lock_state(tmp_path).__enter__()

    assert "state_dir" in caught.value.hint


def test_whoever_only_looks_whether_it_is_held_keeps_none_from_starting(tmp_path: Path) -> None:
    looking = os.open(tmp_path / "lock", os.O_RDONLY | os.O_CREAT)
    fcntl.flock(looking, fcntl.LOCK_SH)
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            os.close(looking)

    with lock_state(tmp_path, nap), pytest.raises(SettingsError):
        lock_state(tmp_path, naps.append).__enter__()

    assert len(naps) == 3  # for one that is truly held nobody waits


def test_a_look_that_never_ends_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    looking = os.open(tmp_path / "lock", os.O_RDONLY | os.O_CREAT)
    fcntl.flock(looking, fcntl.LOCK_SH)
    naps: list[float] = []

    with pytest.raises(SettingsError, match="Another ingestd"):
        lock_state(tmp_path, naps.append).__enter__()

    os.close(looking)
    assert sum(naps) == pytest.approx(1.0)


def test_a_state_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with lock_state(tmp_path):
            pass


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(SettingsError), lock_state(tmp_path):
            pass
        other.kill()

    with lock_state(tmp_path):
        pass


@pytest.mark.parametrize("name", ["file", "file/state"])
def test_a_file_where_the_state_folder_is_to_be_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(SettingsError, match=f"{name} cannot be used: .* is a file") as caught,
        lock_state(tmp_path / name),
    ):
        pass

    assert caught.value.hint == "Correct state_dir."


def test_a_state_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    def hold() -> None:
        with lock_state(tmp_path):
            pass

    with (
        read_only(tmp_path),
        pytest.raises(SettingsError, match="cannot be used: Permission denied") as caught,
    ):
        bound_by_rights(hold)

    assert "set state_dir" in caught.value.hint
