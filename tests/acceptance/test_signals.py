"""Signals at any moment: the process ends in time, with 0, and nothing is lost or sent twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from ingestd.cli.samples import pdf
from ingestd.daemon.conductor import GRACE
from ingestd.daemon.signals import AT_ONCE
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import COMMAND, PATIENCE, Daemon, Site
from tests.workbench import CHECK, CREATE, LIST, LocalKanbert

PROMISED = 25.0
"""Seconds that the daemon takes to end, at most."""

CONTENTS = {f"{number:02}.pdf": pdf(f"Invoice {number}") for number in range(12)}

FAIR = Fault(kind=Kind.DELAY)
"""No fault at all."""

Moment = Callable[[Daemon, LocalKanbert], object]


def asked(operation: str) -> Moment:
    """While Kanbert thinks about it."""

    def moment(_: Daemon, kanbert: LocalKanbert) -> None:
        assert kanbert.journal.wait_for(
            lambda entries: operation in {entry.operation for entry in entries}, seconds=60
        )

    return moment


def logged(event: str) -> Moment:
    return lambda daemon, _: daemon.wait_for(event)


@pytest.mark.parametrize(
    ("moment", "fault"),
    [
        (logged("daemon.started"), FAIR),
        (asked(LIST), Fault(kind=Kind.DELAY, operation=LIST, delay=2.0)),
        (logged("inbox.watching"), FAIR),
        (asked(CHECK), Fault(kind=Kind.DELAY, operation=CHECK, delay=1.0, times=None)),
        (asked(CREATE), Fault(kind=Kind.DELAY, operation=CREATE, delay=1.0, times=None)),
        (logged("document.ambiguous"), Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE)),
        (logged("account.paused"), Fault(status=503, times=None)),
        (logged("document.delivered"), FAIR),
    ],
    ids=[
        "when it starts",
        "while it greets the account",
        "when it begins to watch",
        "during checks",
        "during uploads",
        "after an answer that never came",
        "in the pause of an account",
        "between documents",
    ],
)
def test_a_signal_at_any_moment_ends_it_in_time_and_loses_nothing(
    site: Site, local_kanbert: LocalKanbert, moment: Moment, fault: Fault
) -> None:
    site.account |= {"timeout": '"10s"', "concurrency": "2"}
    local_kanbert.faults.add(fault)
    for name, content in CONTENTS.items():
        (site.inbox() / name).write_bytes(content)
    with site.run() as daemon:
        moment(daemon, local_kanbert)
        began = time.monotonic()
        code = daemon.stop()

    assert (code, "Traceback" in daemon.output) == (0, False)
    assert time.monotonic() - began < PROMISED
    local_kanbert.faults.clear()
    with site.run() as daemon:
        daemon.wait_until(lambda: len(list((site.inbox() / "done").glob("*"))) == len(CONTENTS))
    assert site.files() == {f"done/{name}": content for name, content in CONTENTS.items()}
    assert local_kanbert.store.count() == len(CONTENTS)


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once_and_the_next_start_goes_on(
    site: Site, local_kanbert: LocalKanbert, second: signal.Signals
) -> None:
    site.account["timeout"] = '"60s"'
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.COMMIT_THEN_HANG))
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))
    with site.run() as daemon:
        asked(CREATE)(daemon, local_kanbert)
        daemon.process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):  # it is waited for
            daemon.process.wait(AT_ONCE + 0.5)

        began = time.monotonic()
        code = daemon.stop(second)

    assert code == 0
    assert time.monotonic() - began < GRACE / 2
    assert len(site.work()) == 1
    with site.run() as daemon:
        daemon.wait_for("document.recovered")
        daemon.wait_until(lambda: set(site.files()) == {"done/one.pdf"})
    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 1


@pytest.mark.in_a_file
def test_a_second_signal_ends_it_at_once_though_another_process_has_the_ledger_locked(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CREATE, delay=1.0))
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))
    with site.run() as daemon:
        asked(CREATE)(daemon, local_kanbert)
        with closing(sqlite3.connect(site.folder / "state" / "ledger.sqlite3")) as another:
            another.execute("BEGIN IMMEDIATE")
            assert local_kanbert.journal.wait_for(
                lambda entries: any(one.operation == CREATE and one.status for one in entries),
                seconds=60,
            )
            daemon.process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):  # it is waited for
                daemon.process.wait(AT_ONCE + 0.5)

            began = time.monotonic()
            code = daemon.stop()

    assert code == 0
    assert time.monotonic() - began < GRACE / 2
    with site.run() as daemon:
        daemon.wait_until(lambda: set(site.files()) == {"done/one.pdf"})
    assert local_kanbert.store.count() == local_kanbert.journal.count(CREATE) == 1


def test_a_signal_before_the_settings_are_read_ends_it_with_0(site: Site) -> None:
    settings = site.folder / "settings.toml"
    os.mkfifo(settings)
    # opened as soon as it opens them, too; it reads until this is closed
    with site.run_with(settings) as daemon, settings.open("wb"):
        code = daemon.stop()

    assert (code, daemon.output) == (0, "")


def test_signals_without_end_change_nothing_about_how_it_ends(site: Site) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")

        pause = threading.Event()
        while daemon.process.poll() is None:
            daemon.process.send_signal(signal.SIGTERM)
            pause.wait(0.0005)

    assert daemon.process.returncode == 0
    assert "Traceback" not in daemon.output
    assert "Exception" not in daemon.output


UNREAD = """
import os, sys, threading
from ingestd.cli.session import leave
threading.Thread(target=sys.stderr.write, args=["x" * 1_000_000], daemon=True).start()
os.read(0, 1)
leave(3)
"""


def test_it_ends_though_a_thread_hangs_in_the_middle_of_a_log_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UNREAD], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stderr.read(1)  # by now it writes more than a pipe holds, and nobody reads on
        process.stdin.close()

        code = process.wait(PATIENCE)

    assert code == 3


LEAVING = """
import atexit
from ingestd.cli.session import leave
atexit.register(print, "taken down")
print("said")
leave(3)
"""


def test_it_ends_with_all_that_it_said_and_does_not_take_the_interpreter_down() -> None:
    left = subprocess.run(
        [sys.executable, "-c", LEAVING], capture_output=True, text=True, check=False
    )

    assert (left.returncode, left.stdout) == (3, "said\n")


def test_once_ends_in_time_though_nobody_answers_its_greeting(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["timeout"] = '"60s"'
    local_kanbert.faults.add(Fault(operation=LIST, kind=Kind.COMMIT_THEN_HANG, times=None))
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))
    with Daemon([*COMMAND, "--config", str(site.write_settings()), "once"]) as once:
        asked(LIST)(once, local_kanbert)
        began = time.monotonic()
        code = once.stop()

    assert code == 1  # not everything was done
    assert time.monotonic() - began < 10  # and not the whole greeting
    assert set(site.files()) == {"one.pdf"}
