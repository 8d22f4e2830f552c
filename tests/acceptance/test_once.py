"""`ingestd once`, as cron would run it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import PATIENCE, Site
from tests.workbench import CHECK, CREATE, LIST, LocalKanbert

ONE = pdf("Invoice 1")
LONG_AGO = 1_000_000_000


def test_everything_is_delivered_and_told(site: Site, local_kanbert: LocalKanbert) -> None:
    (site.inbox() / "one.pdf").write_bytes(ONE)
    (site.inbox() / "two.pdf").write_bytes(ONE)

    ended = site.once()

    assert ended.returncode == 0
    assert "1  delivered" in ended.stdout
    assert "1  duplicate" in ended.stdout
    assert local_kanbert.store.count() == 1


def test_an_empty_inbox_is_fine(site: Site) -> None:
    assert site.once().returncode == 0


def test_a_document_that_failed_is_named_and_needs_a_person(site: Site) -> None:
    letter = site.inbox() / "letter.pdf"
    letter.write_bytes(b"Dear Sir or Madam\n")
    os.utime(letter, (LONG_AGO, LONG_AGO))

    ended = site.once()

    assert ended.returncode == 1
    assert "failed: letter.pdf: This is not a PDF" in ended.stdout


def test_a_file_that_may_still_be_written_is_left_for_the_next_run(site: Site) -> None:
    (site.inbox() / "half.pdf").write_bytes(ONE[:100])

    ended = site.once()

    assert ended.returncode == 0
    assert "1  not complete yet" in ended.stdout
    assert set(site.files()) == {"half.pdf"}


def test_where_kanbert_cannot_be_reached_the_files_stay(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    site.base_url = f"http://127.0.0.1:{port}/api/v1"
    (site.inbox() / "one.pdf").write_bytes(ONE)

    ended = site.once()

    assert ended.returncode == 3
    assert "1  waiting for Kanbert" in ended.stdout
    assert site.files() == {"one.pdf": ONE}
    assert site.work() == []


def test_where_kanbert_never_answers_it_stops_within_half_a_minute(site: Site) -> None:
    site.account["timeout"] = '"30s"'
    (site.inbox() / "one.pdf").write_bytes(ONE)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site.base_url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/v1"
        began = time.monotonic()

        ended = site.once()

    assert ended.returncode == 3
    assert time.monotonic() - began < 30
    assert site.files() == {"one.pdf": ONE}


def test_where_kanbert_fails_in_the_middle_what_was_not_sent_goes_back(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    names = [f"{number:02}.pdf" for number in range(6)]
    for name in names:
        (site.inbox() / name).write_bytes(pdf(name))
    # of three checks the fourth to sixth find it broken, and so it stays
    local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CHECK, times=3))
    local_kanbert.faults.add(Fault(status=503, operation=CHECK, times=None))
    site.account["concurrency"] = "1"
    site.options["order"] = '"name"'

    ended = site.once()

    assert ended.returncode == 3
    assert "3  delivered" in ended.stdout
    assert "3  waiting for Kanbert" in ended.stdout
    assert sorted(site.files()) == sorted(names[3:] + [f"done/{name}" for name in names[:3]])
    assert local_kanbert.store.count() == 3
    assert site.work() == []


def test_interrupted_it_says_that_the_next_run_goes_on(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.account["concurrency"] = "1"
    for number in range(3):
        (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"Invoice {number}"))
    local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CREATE, delay=1.0))
    process = subprocess.Popen(
        site.once_command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert local_kanbert.journal.wait_for(lambda seen: any(e.operation == CREATE for e in seen))
    process.send_signal(signal.SIGINT)
    summary, errors = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert "Interrupted: the next run goes on from here." in errors
    assert re.search(r"^ +[23]  waiting for the next run$", summary, re.MULTILINE)
    assert "a person" not in summary


def test_interrupted_before_it_looked_it_sends_nobody_to_the_log(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=LIST, delay=5.0))
    process = subprocess.Popen(
        site.once_command(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert local_kanbert.journal.wait_for(lambda seen: any(e.operation == LIST for e in seen))
    process.send_signal(signal.SIGTERM)
    summary, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert "not served before the interruption: inbox scanner\n" in summary
    assert "see the log" not in summary


def test_a_done_folder_that_cannot_be_made_needs_a_person_and_ends(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    blocked = site.folder / "blocked"
    blocked.write_text("a file where a folder should be")
    site.options["done"] = f'"{blocked / "done"}"'
    for number in range(9):
        (site.inbox() / f"{number}.pdf").write_bytes(pdf(f"Invoice {number}"))

    ended = site.once()

    assert ended.returncode == 1
    assert "waiting for a person" in ended.stdout
    assert str(blocked) in ended.stderr
    assert local_kanbert.store.count() <= 4  # nothing new is claimed for a folder that is full


def test_a_missing_inbox_needs_a_person(site: Site) -> None:
    site.inboxes.append("mailbox")
    (site.inbox() / "one.pdf").write_bytes(ONE)

    ended = site.once()

    assert ended.returncode == 1
    assert "not served, see the log: inbox mailbox" in ended.stdout
    assert site.files() == {"done/one.pdf": ONE}


def test_documents_of_an_inbox_that_was_taken_out_of_the_settings_need_a_person(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.RESET_AFTER_BODY, operation=CREATE, times=None))
    (site.inbox() / "one.pdf").write_bytes(ONE)
    with site.run() as daemon:
        daemon.wait_for("document.ambiguous")
        daemon.process.kill()
    assert len(site.work()) == 1
    site.inboxes = ["another"]
    site.inbox("another").mkdir()

    ended = site.once()

    assert ended.returncode == 1
    assert f"They are in {site.inbox()}/.ingestd/work" in ended.stderr


def test_an_account_that_takes_the_only_document_not_is_told_by_the_exit_code(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(status=403, operation=CREATE, times=None))
    (site.inbox() / "one.pdf").write_bytes(ONE)

    ended = site.once()

    assert ended.returncode == 3
    assert set(site.files()) == {"one.pdf"}
