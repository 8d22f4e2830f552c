"""`ingestd retry`, as people and scripts run it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.cli.running import ingestd, unread
from tests.workbench import LocalKanbert


@pytest.fixture
def site(tmp_path: Path, local_kanbert: LocalKanbert) -> Site:
    """A site with two inboxes, and a failed document in each."""
    site = Site(tmp_path, local_kanbert.base_url, local_kanbert.token, inboxes=["scanner", "mail"])
    for name in site.inboxes:
        letter = site.inbox(name) / f"{name}.pdf"
        letter.write_bytes(b"Dear Sir or Madam")
        os.utime(letter, (1, 1))
    assert site.once().returncode == 1
    return site


def retry(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ingestd("retry", *arguments, folder=site.folder)


def test_what_was_mended_is_delivered_though_the_daemon_runs(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching", 2)
        (site.inbox() / "failed/scanner.pdf").write_bytes(pdf("mended"))

        told = retry(site, "scanner.pdf")
        daemon.wait_for("document.delivered", path="scanner.pdf")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == "scanner: scanner.pdf is back in the inbox\n"
    assert local_kanbert.store.count() == 1
    assert set(site.files()) == {"done/scanner.pdf"}


def test_everything_or_an_inbox_s_everything_goes_back(site: Site) -> None:
    one = retry(site, "--inbox", "mail")
    rest = retry(site, "--all")
    nothing = retry(site, "--all")

    assert one.stdout == "mail: mail.pdf is back in the inbox\n"
    assert rest.stdout == "scanner: scanner.pdf is back in the inbox\n"
    assert (nothing.returncode, nothing.stderr) == (0, "There is nothing in failed/.\n")
    assert (set(site.files()), set(site.files("mail"))) == ({"scanner.pdf"}, {"mail.pdf"})


def test_what_nobody_reads_is_put_back_all_the_same(site: Site) -> None:
    code = unread("retry", "--all", folder=site.folder)

    assert code == 0
    assert (set(site.files()), set(site.files("mail"))) == ({"scanner.pdf"}, {"mail.pdf"})


def test_a_dry_run_moves_nothing(site: Site) -> None:
    told = retry(site, "--all", "--dry-run")

    assert told.stdout.count("would go back") == 2
    assert "failed/scanner.pdf" in site.files()


def test_scripts_get_a_line_of_json_for_each(site: Site) -> None:
    (line,) = retry(site, "mail.pdf", "--json").stdout.splitlines()

    assert json.loads(line) == {
        "inbox": "mail",
        "document": "mail.pdf",
        "from": str(site.inbox("mail") / "failed/mail.pdf"),
        "to": str(site.inbox("mail") / "mail.pdf"),
        "dry_run": False,
        "error": None,
        "hint": None,
    }


def test_every_line_of_json_has_the_same_keys(site: Site) -> None:
    (site.inbox() / "failed/scanner.pdf").rename(site.inbox() / "failed/scanner.txt")

    would = retry(site, "--all", "--dry-run", "--json").stdout.splitlines()
    done = retry(site, "--all", "--json").stdout.splitlines()

    told = [json.loads(line) for line in [*would, *done]]
    assert len({tuple(one) for one in told}) == 1
    assert [one["dry_run"] for one in told] == [True, True, False, False]
    assert [one["error"] is None for one in told] == [False, True, False, True]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Name the documents, or say --all or --inbox NAME."),
        (["mial.pdf"], 1, 'No failed document is called "mial.pdf".\n  Did you mean "mail.pdf"?'),
        (["z\nz"], 1, 'No failed document is called "z\\nz".\n  ingestd history'),
        (["zzz"], 1, "ingestd history --state failed lists them."),
        (["mail.pdf", "--all"], 2, "Name the documents or say --all, not both."),
        (["--inbox", ""], 2, 'There is no inbox "".'),
        (["--inbox", "other"], 2, 'There is no inbox "other".\n  There is: scanner, mail'),
    ],
)
def test_what_cannot_be_meant_is_said(
    site: Site, arguments: list[str], code: int, said: str
) -> None:
    told = retry(site, *arguments)

    assert (told.returncode, told.stdout) == (code, "")
    assert said in told.stderr


def test_a_name_that_means_two_is_said_with_both(site: Site) -> None:
    (site.inbox("mail") / "failed/mail.pdf").rename(site.inbox("mail") / "failed/scanner.pdf")

    told = retry(site, "scanner.pdf")

    assert told.returncode == 1
    assert f"{site.inbox()}/failed/scanner.pdf, {site.inbox('mail')}/failed" in told.stderr


def test_one_that_cannot_go_back_does_not_keep_the_others(site: Site) -> None:
    (site.inbox("mail") / ".ingestd/inbox.json").unlink()

    told = retry(site, "--all")

    assert told.returncode == 1
    assert told.stdout == "scanner: scanner.pdf is back in the inbox\n"
    assert "has no marker" in told.stderr


def test_an_inbox_that_cannot_be_looked_at_is_named_and_nothing_is_said_to_be_fine(
    site: Site,
) -> None:
    site.inbox("mail").rename(site.folder / "share")

    told = retry(site, "--inbox", "mail")

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("ingestd: inbox mail: The folder ")
    assert "mount the share it lies on" in told.stderr
    assert "nothing in failed" not in told.stderr


def test_no_other_document_is_proposed_where_an_inbox_could_not_be_looked_at(site: Site) -> None:
    (site.inbox("mail") / "failed/mail.pdf").rename(site.inbox("mail") / "failed/scaner.pdf")
    site.inbox().rename(site.folder / "share")

    told = retry(site, "scanner.pdf")

    assert told.returncode == 1
    assert "inbox scanner: " in told.stderr
    assert "Did you mean" not in told.stderr
