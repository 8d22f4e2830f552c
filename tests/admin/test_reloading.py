"""Which process is asked to reload, and which answer is the one to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingestd.admin.reloading import ask_to_reload, daemon_of
from ingestd.daemon import lock_state
from ingestd.errors import IngestdError
from ingestd.observe import LOCK, Report, SettingsReport, write_report
from tests.hardship import bound_by_rights

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


def report(settings: SettingsReport | None, pid: int = 0) -> Report:
    return Report(pid or os.getpid(), "1.2.3", EARLIER, settings=settings)


@contextmanager
def running(folder: Path, said: Report | None) -> Iterator[None]:
    with lock_state(folder):
        if said:
            write_report(folder, said)
        yield


def test_it_is_the_process_that_holds_the_lock_and_reloads(tmp_path: Path) -> None:
    with running(tmp_path, report(SettingsReport(EARLIER))):
        assert daemon_of(tmp_path) == os.getpid()


HOLDING = """
import fcntl, sys
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_process_that_may_do_more_than_we_is_told_by_its_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path / LOCK)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        write_report(tmp_path, report(SettingsReport(EARLIER), pid=other.pid))

        assert bound_by_rights(lambda: daemon_of(tmp_path)) == other.pid


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, "which process it is cannot be told"),
        (report(SettingsReport(EARLIER), pid=os.getppid()), "which process it is cannot be told"),
        (report(SettingsReport(EARLIER), pid=2**30), "which process it is cannot be told"),
        (report(None), "ends by itself"),
    ],
    ids=["no report", "another process's", "a dead process's", "a run that ends"],
)
def test_a_process_that_may_be_another_is_left_alone(
    tmp_path: Path, said: Report | None, expected: str
) -> None:
    with running(tmp_path, said), pytest.raises(IngestdError, match=expected):
        daemon_of(tmp_path)


def test_a_report_that_a_process_left_behind_is_no_daemon(tmp_path: Path) -> None:
    with running(tmp_path, report(SettingsReport(EARLIER))):
        pass

    with pytest.raises(IngestdError, match="No ingestd runs"):
        daemon_of(tmp_path)


def test_no_daemon_runs_with_a_state_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(IngestdError, match="No ingestd runs"):
        daemon_of(tmp_path / "file")


def test_whoever_is_to_send_the_signal_is_warned_of_what_it_would_end(tmp_path: Path) -> None:
    with running(tmp_path, None), pytest.raises(IngestdError) as raised:
        daemon_of(tmp_path)

    assert "An `ingestd once` it would end." in raised.value.hint


def test_what_was_said_before_it_was_asked_is_no_answer(tmp_path: Path) -> None:
    refused = SettingsReport(LATER, "setle is no setting", restart=("state_dir",))
    sent, naps = [], []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            write_report(tmp_path, report(refused))

    with running(tmp_path, report(SettingsReport(EARLIER))):
        told = ask_to_reload(
            tmp_path, send=lambda *what: sent.append(what), now=lambda: NOW, nap=nap
        )

    assert told == refused
    assert (sent, len(naps)) == ([(os.getpid(), signal.SIGHUP)], 3)


def test_it_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with (
        running(tmp_path, report(SettingsReport(EARLIER))),
        pytest.raises(IngestdError, match="did not say within 35 seconds"),
    ):
        ask_to_reload(tmp_path, send=lambda *_: None, now=lambda: NOW, nap=lambda _: None)
