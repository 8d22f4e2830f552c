"""`ingestd status`, as people and scripts run it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault
from tests.acceptance.running import Site
from tests.cli.running import ALONE, LONGEST, ingestd
from tests.cli.terminal import on_terminal
from tests.workbench import LocalKanbert


@pytest.fixture
def site(tmp_path: Path, local_kanbert: LocalKanbert) -> Site:
    site = Site(tmp_path, local_kanbert.base_url, local_kanbert.token)
    site.write_settings()
    return site


def status(site: Site, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return ingestd("status", *arguments, folder=site.folder, **environ)


def test_before_the_first_run_it_says_so(site: Site) -> None:
    (site.inbox() / "a.pdf").write_bytes(pdf("a"))

    told = status(site)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("ingestd is not running. It never ran with this state_dir.\n")
    assert not (site.folder / site.state).exists()


def test_it_shows_what_a_daemon_did_and_does(site: Site) -> None:
    with site.run() as daemon:
        (site.inbox() / "a.pdf").write_bytes(pdf("a"))
        daemon.wait_for("document.delivered")
        daemon.wait_until(lambda: '"mode": "native"' in _report(site))

        told = json.loads(status(site, "--json").stdout)

    assert told["running"]
    assert told["pid"] == daemon.process.pid
    (inbox,) = told["inboxes"]
    assert (inbox["watch"], inbox["delivered_today"], inbox["waiting"]) == ("native", 1, 0)
    assert told["accounts"][0]["state"] == "ok"


def _report(site: Site) -> str:
    path = site.folder / site.state / "report.json"
    return path.read_text() if path.exists() else ""


def test_a_refused_token_is_shown_with_what_to_do(site: Site, local_kanbert: LocalKanbert) -> None:
    local_kanbert.faults.add(Fault(status=401, times=None))
    with site.run() as daemon:
        daemon.wait_for("account.paused")
        daemon.wait_until(lambda: "paused" in _report(site))

        told = status(site)

    assert told.returncode == 1
    assert "\naccount main: " in told.stdout
    assert "Check the token" in told.stdout


def test_failed_documents_need_a_person(site: Site) -> None:
    (site.inbox() / "failed").mkdir()
    (site.inbox() / "failed/letter.pdf").write_bytes(b"x")

    assert status(site).returncode == 1


def test_colours_are_for_terminals_that_want_them(site: Site) -> None:
    _, coloured = on_terminal("status", folder=site.folder)
    _, plain = on_terminal("status", folder=site.folder, NO_COLOR="1")

    assert "\x1b[33mnot running\x1b[0m" in coloured
    assert "\x1b" not in plain
    assert plain == status(site).stdout


def test_whoever_watches_ends_it_with_ctrl_c(site: Site) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestd", "status", "--watch", "--json"],
        cwd=site.folder,
        env=ALONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=LONGEST)

    assert first["running"] is False
    assert (process.returncode, errors.strip()) == (130, "")


def test_a_ledger_that_cannot_be_read_is_said_and_hides_nothing_else(site: Site) -> None:
    (site.inbox() / "a.pdf").write_bytes(pdf("a"))
    (site.folder / site.state).mkdir()
    (site.folder / site.state / "ledger.sqlite3").write_bytes(b"garbage " * 1000)

    told = status(site)

    assert (told.returncode, told.stderr) == (1, "")
    assert "\ningestd: The ledger " in told.stdout
    assert re.search(r"^scanner +- +1 ", told.stdout, re.MULTILINE)
    assert "never ran" not in told.stdout


def test_it_imports_neither_client_nor_watcher_nor_log(site: Site) -> None:
    told = ingestd("status", folder=site.folder, python=["-X", "importtime"])

    imported = set(re.findall(r"^import time: .*\| +(\w+)", told.stderr, re.MULTILINE))
    assert "click" in imported
    assert not imported & {"httpx", "rich", "watchdog", "structlog", "authlib", "tenacity"}
