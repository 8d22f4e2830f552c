"""Whoever read what is said (`head`, say) goes: documents are carried all the same."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import COMMAND, PATIENCE, Site
from tests.cli.running import ALONE, unread
from tests.workbench import CREATE, LocalKanbert


def test_what_nobody_reads_is_delivered_once_and_the_exit_code_says_how_it_went(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    letter = site.inbox() / "letter.pdf"
    letter.write_bytes(b"Dear Sir or Madam\n")
    os.utime(letter, (1, 1))
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))

    code = unread("--config", str(site.write_settings()), "once", folder=site.folder)

    assert code == 1
    assert local_kanbert.store.count() == 1
    assert set(site.files()) == {
        "done/one.pdf",
        "failed/letter.pdf",
        "failed/letter.pdf.reason.txt",
    }


def test_a_summary_that_is_read_no_further_is_no_error(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    (site.inbox() / "one.pdf").write_bytes(pdf("one"))
    piped = ["bash", "-c", 'set -o pipefail; "$@" | head -1', "bash", *site.once_command()]

    told = subprocess.run(piped, env=ALONE, capture_output=True, timeout=PATIENCE, check=False)

    assert (told.returncode, told.stdout) == (0, b"     1  delivered\n")
    assert local_kanbert.store.count() == 1


def _created(kanbert: LocalKanbert, number: int) -> bool:
    return kanbert.journal.wait_for(
        lambda entries: (
            [one.operation for one in entries if one.outcome == 201] == [CREATE] * number
        ),
        seconds=PATIENCE,
    )


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_daemon_whose_log_nobody_reads_any_more_goes_on_delivering(
    site: Site, local_kanbert: LocalKanbert, form: str
) -> None:
    site.log = {"format": f'"{form}"', "file": f'"{site.folder}/ingestd.log"'}
    command = [*COMMAND, "--config", str(site.write_settings()), "run"]
    reading, writing = os.pipe()
    with subprocess.Popen(command, env=ALONE, stdout=writing, stderr=writing) as daemon:
        os.close(writing)
        with os.fdopen(reading) as log:  # as `ingestd run 2>&1 | head -1` does
            assert "daemon.started" in log.readline()
        for number, name in enumerate(("one.pdf", "two.pdf"), start=1):
            (site.inbox() / name).write_bytes(pdf(name))
            assert _created(local_kanbert, number)
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(PATIENCE)

    assert code == 0
    assert set(site.files()) == {"done/one.pdf", "done/two.pdf"}
    assert (site.folder / "ingestd.log").read_text().count("document.delivered") == 2
