"""`ingestd reload`, as people and scripts run it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.observe import read_report
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import Daemon, Site
from tests.cli.running import ingestd
from tests.workbench import CREATE, LIST, LocalKanbert

ONE = pdf("one")


@pytest.fixture
def site(tmp_path: Path, local_kanbert: LocalKanbert) -> Site:
    site = Site(tmp_path, local_kanbert.base_url, local_kanbert.token)
    site.write_settings()
    return site


@pytest.fixture
def daemon(site: Site) -> Iterator[Daemon]:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        yield daemon
        daemon.stop()


def reload(site: Site) -> subprocess.CompletedProcess[str]:
    return ingestd("reload", folder=site.folder)


def test_it_says_when_they_are_in_effect(site: Site, daemon: Daemon) -> None:
    site.inboxes.append("mail")
    site.inbox("mail").mkdir()
    site.write_settings()

    told = reload(site)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == "The settings were read again, and are in effect.\n"
    daemon.wait_for("inbox.watching", inbox="mail")


def test_settings_that_are_wrong_are_not_brought_to_the_daemon(site: Site, daemon: Daemon) -> None:
    site.options["setle"] = '"1s"'
    site.write_settings()

    told = reload(site)

    assert (told.returncode, told.stdout) == (2, "")
    assert "setle is no setting; did you mean settle?" in told.stderr
    assert not daemon.all("settings.refused")


def test_what_the_daemon_refuses_is_said_here_and_in_the_status(site: Site, daemon: Daemon) -> None:
    site.account["ca_bundle"] = '"/nowhere/at/all.pem"'
    site.write_settings()

    told = reload(site)
    status = ingestd("status", folder=site.folder)

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("ingestd: Refused; the settings from before stay. ")
    assert "/nowhere/at/all.pem" in told.stderr
    assert status.returncode == 1
    assert "settings: refused when they were read again" in status.stdout
    assert daemon.all("settings.refused")


def test_what_takes_a_restart_is_named(site: Site, daemon: Daemon) -> None:
    site.log["format"] = '"json"'
    site.write_settings()

    told = reload(site)

    assert told.returncode == 0
    assert told.stdout.endswith("At the next start of ingestd only: log.format.\n")
    assert daemon.all("settings.restart_needed")


def test_where_none_runs_it_says_so(site: Site) -> None:
    told = reload(site)

    assert told.returncode == 1
    assert f"No ingestd runs with the state folder {site.folder / site.state}." in told.stderr


def test_a_run_that_ends_is_left_alone(site: Site, local_kanbert: LocalKanbert) -> None:
    site.account["timeout"] = '"60s"'
    local_kanbert.faults.add(Fault(operation=CREATE, kind=Kind.COMMIT_THEN_HANG))
    (site.inbox() / "one.pdf").write_bytes(ONE)
    with Daemon(site.once_command()) as once:
        assert local_kanbert.journal.wait_for(
            lambda entries: CREATE in {entry.operation for entry in entries}, seconds=60
        )
        told = reload(site)

        assert once.process.poll() is None

    assert told.returncode == 1
    assert f"What runs (pid {once.process.pid}) ends by itself" in told.stderr
    assert not once.all("daemon.stopped")


def test_the_status_says_when_the_settings_were_read(site: Site, daemon: Daemon) -> None:
    first = json.loads(ingestd("status", "--json", folder=site.folder).stdout)["settings"]
    reload(site)
    second = json.loads(ingestd("status", "--json", folder=site.folder).stdout)["settings"]

    assert first["read"] < second["read"]
    assert not daemon.all("settings.refused")


def test_what_an_earlier_process_said_is_taken_for_nobody_s(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    state = site.folder / site.state
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        daemon.stop()
    left_behind = read_report(state)
    site.account["timeout"] = '"60s"'
    local_kanbert.faults.add(Fault(operation=LIST, kind=Kind.COMMIT_THEN_HANG, times=None))
    greeted = local_kanbert.journal.count(LIST)
    with Daemon(site.once_command()):
        assert local_kanbert.journal.wait_for(
            lambda entries: [entry.operation for entry in entries].count(LIST) > greeted,
            seconds=60,
        )
        told = reload(site)

    assert left_behind is not None
    assert read_report(state) is None
    assert "which process it is cannot be told" in told.stderr
