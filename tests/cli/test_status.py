"""`ingestd status`, as people and scripts run it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.admin import InboxOverview, Overview
from ingestd.cli.overview import held_in, left_in_work
from ingestd.cli.samples import pdf
from ingestd.observe import DocumentReport
from ingestd.sandbox import Fault
from tests.acceptance.running import Site
from tests.cli.running import ALONE, LONGEST, ingestd
from tests.cli.terminal import on_terminal
from tests.daemon.carrying import until
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
    (account,) = told["accounts"]
    assert (account["state"], account["error"]) == ("ok", "")


def _report(site: Site) -> str:
    path = site.folder / site.state / "report.json"
    return path.read_text() if path.exists() else ""


def test_a_refused_token_is_shown_with_what_to_do(site: Site, local_kanbert: LocalKanbert) -> None:
    quoted = f'{{"message": "There is no {local_kanbert.token}"}}'
    local_kanbert.faults.add(Fault(status=401, times=None, body=quoted))
    with site.run() as daemon:
        daemon.wait_for("account.paused")
        daemon.wait_until(lambda: "paused" in _report(site))

        told = status(site)

    assert "There is no ***" in told.stdout
    assert told.returncode == 1
    assert "\naccount main: " in told.stdout
    assert "Check the token" in told.stdout


def test_failed_documents_need_a_person(site: Site) -> None:
    (site.inbox() / "failed").mkdir()
    (site.inbox() / "failed/letter.pdf").write_bytes(b"x")

    assert status(site).returncode == 1


def test_a_document_that_cannot_be_put_away_is_shown_until_it_can(site: Site) -> None:
    (site.inbox() / "done").write_text("a file in its place")
    (site.inbox() / "a.pdf").write_bytes(pdf("a"))
    with site.run() as daemon:
        daemon.wait_for("document.deferred")
        until(lambda: "a.pdf" in _report(site))

        told = status(site)
        (inbox,) = json.loads(status(site, "--json").stdout)["inboxes"]

    assert told.returncode == 1
    assert re.search(r"^a\.pdf \(inbox scanner\): .*/done.*\n  \S", told.stdout, re.MULTILINE)
    assert [document["path"] for document in inbox["documents"]] == ["a.pdf"]


@pytest.mark.parametrize(
    ("names", "further", "said"),
    [
        (["a"], 0, ["a (inbox scanner): full; Make room."]),
        (["a", "b", "c"], 0, ["a, b, c (inbox scanner): full; Make room."]),
        (["a", "b", "c", "d", "e"], 0, ["a, b, c and 2 more (inbox scanner): full; Make room."]),
        (
            ["a"],
            7,
            [
                "a (inbox scanner): full; Make room.",
                "inbox scanner: 7 further documents cannot go on: the log names them.; ",
            ],
        ),
        ([], 0, []),
    ],
)
def test_documents_that_wait_for_the_same_are_told_together(
    names: list[str], further: int, said: list[str]
) -> None:
    documents = tuple(DocumentReport(name, "full", "Make room.") for name in names)
    inbox = InboxOverview("scanner", "/", "main", "poll", documents=documents, further=further)

    assert [f"{subject}: {error}; {hint}" for subject, error, hint in held_in(inbox)] == said


@pytest.mark.parametrize(
    ("running", "in_flight", "said"),
    [(False, 2, True), (False, 0, False), (True, 2, False), (None, 2, False)],
)
def test_what_was_under_way_when_it_ended_is_told(
    in_flight: int, *, running: bool | None, said: bool
) -> None:
    inbox = InboxOverview("scanner", "/", "main", "", in_flight=in_flight)

    told = left_in_work(Overview(running, inboxes=[inbox]))

    assert (
        told
        == ["inbox scanner: 2 documents under way in .ingestd/work, taken up at the next start."]
        * said
    )


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
    assert (process.returncode, errors.strip()) == (0, "")


@pytest.mark.parametrize("by", ["SIGINT", "SIGTERM"])
def test_however_watching_ends_the_terminal_is_as_it_was(site: Site, by: str) -> None:
    ended, shown = on_terminal(
        "status", "--watch", folder=site.folder, interrupted_at="TODAY", by=by
    )

    assert ended == 0
    assert "\x1b[?1049l" in shown.partition("\x1b[?1049h")[2]


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
