"""`ingestd reconcile`, as people and scripts run it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.cli.reconcile import pace_of
from ingestd.cli.samples import pdf
from ingestd.kanbert import CreateInvoice
from ingestd.sandbox import Fault, Kind, NewInvoice
from tests.acceptance.running import PATIENCE, Site
from tests.cli.running import ALONE, ingestd, interrupted, unread
from tests.cli.terminal import on_terminal
from tests.workbench import CHECK, CREATE, LIST, LocalKanbert, new_client

GET = "getIncomingInvoice"


@pytest.fixture
def site(tmp_path: Path, local_kanbert: LocalKanbert) -> Site:
    """A site that delivered two invoices."""
    site = Site(
        tmp_path,
        local_kanbert.base_url,
        local_kanbert.token,
        account={"requests_per_minute": "60000"},
    )
    for name in ("a.pdf", "b.pdf"):
        drop(site, name)
    assert site.once().returncode == 0
    return site


def drop(site: Site, name: str) -> None:
    path = site.inbox() / name
    path.write_bytes(pdf(name))
    os.utime(path, (1, 1))


def reconcile(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ingestd("reconcile", *arguments, folder=site.folder)


def external_ids(kanbert: LocalKanbert) -> list[str]:
    return sorted(str(one.external_id)[-4:] for one in kanbert.store.invoices())


def test_where_all_is_there_it_says_so(site: Site) -> None:
    told = reconcile(site)

    assert (told.returncode, told.stdout) == (0, "")
    assert told.stderr == (
        "2 files: 2 proven, 0 without an invoice, 0 not proven. 0 invoices without a file.\n"
    )


def test_what_was_deleted_in_kanbert_is_found_and_delivered_again(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    lost = local_kanbert.store.invoices()[0]
    local_kanbert.store.delete(lost.id)

    found = reconcile(site)
    fixed = reconcile(site, "--fix")
    again = site.once()
    fine = reconcile(site)

    assert found.returncode == fixed.returncode == 1
    assert "has no invoice\n" in found.stdout
    assert "has no invoice; put back as " in fixed.stdout
    assert "1 without an invoice (1 put back)" in fixed.stderr
    assert again.returncode == fine.returncode == 0
    assert any(one.endswith("-2") for one in external_ids(local_kanbert))
    assert set(site.files()) == {"done/a.pdf", "done/b.pdf"}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_nobody_reads_is_put_back_all_the_same(
    site: Site, local_kanbert: LocalKanbert, options: tuple[str, ...]
) -> None:
    for invoice in local_kanbert.store.invoices():
        local_kanbert.store.delete(invoice.id)

    code = unread("reconcile", "--fix", *options, folder=site.folder)

    assert code == 1
    assert set(site.files()) == {"a.pdf", "b.pdf"}


def test_an_emptied_kanbert_is_a_question_that_yes_answers(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    for name in ("c.pdf", "d.pdf"):
        drop(site, name)
    assert site.once().returncode == 0
    for invoice in local_kanbert.store.invoices():
        local_kanbert.store.delete(invoice.id)

    asked = reconcile(site, "--fix")
    answered = reconcile(site, "--fix", "--yes")

    assert asked.returncode == answered.returncode == 1
    assert "not one of the 4 documents that were delivered; is this the right" in asked.stderr
    assert "4 without an invoice, " in asked.stderr
    assert "4 without an invoice (4 put back)" in answered.stderr


def test_where_nothing_was_looked_at_nothing_is_counted(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(operation=LIST, status=401, times=None))

    told = reconcile(site)

    assert told.returncode == 3
    assert told.stderr.startswith("ingestd: Kanbert ")


def test_scripts_get_a_line_of_json_for_each(site: Site, local_kanbert: LocalKanbert) -> None:
    first, second = local_kanbert.store.invoices()
    local_kanbert.store.delete(first.id)
    kept = next(
        name
        for name in ("a.pdf", "b.pdf")
        if reconcile(site, "--json").stdout.count(f"done/{name}") == 0
    )
    (site.inbox() / "done" / kept).unlink()

    told = reconcile(site, "--json")

    invoice, file = map(json.loads, told.stdout.splitlines())
    assert (invoice["missing"], invoice["inbox"], invoice["put_back"]) == (
        "invoice",
        "scanner",
        None,
    )
    assert Path(invoice["file"]).exists()
    assert (file["missing"], file["invoice_id"]) == ("file", second.id)


@pytest.mark.parametrize("origin", ["ingestd", ""])
def test_what_was_uploaded_by_hand_is_not_looked_for_under_done(site: Site, origin: str) -> None:
    site.account["external_origin"] = f'"{origin}"'
    site.write_settings()
    (site.folder / "by-hand.pdf").write_bytes(pdf("by hand"))
    sent = ingestd("upload", "by-hand.pdf", folder=site.folder)

    told = reconcile(site)

    assert (sent.returncode, told.returncode, told.stdout) == (0, 0, "")


def test_an_invoice_without_a_file_is_shown(site: Site, local_kanbert: LocalKanbert) -> None:
    external_id = f"ingestd-{'ab' * 32}"
    local_kanbert.store.add(
        NewInvoice(external_id=external_id, external_origin="ingestd", title="R \x1b[31m 1")
    )

    told = reconcile(site)

    assert told.returncode == 1
    assert told.stdout.splitlines()[0].split() == ["INVOICE", "TITLE", "CREATED"]
    assert "has no file" in told.stdout
    assert "\x1b" not in told.stdout


def test_on_a_terminal_progress_is_shown_and_a_title_cannot_colour_it(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.store.delete(local_kanbert.store.invoices()[0].id)

    code, shown = on_terminal("reconcile", folder=site.folder)

    assert code == 1
    assert "Files under done/" in shown
    assert "\x1b[31mhas no invoice\x1b[0m" in shown


def test_interrupted_it_goes_on_where_it_was(site: Site, local_kanbert: LocalKanbert) -> None:
    with new_client(local_kanbert) as client:
        for number in range(3):
            client.create(CreateInvoice(title="By hand"), file=pdf(f"{number}.pdf"))
            drop(site, f"{number}.pdf")
    assert site.once().returncode == 0
    local_kanbert.journal.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "ingestd", "reconcile", "--requests-per-minute", "60"],
        cwd=site.folder,
        env=ALONE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # at the second question the first one was answered, and what it proved is known
    assert local_kanbert.journal.wait_for(lambda seen: sum(e.operation == GET for e in seen) == 2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    asked = local_kanbert.journal.count(GET)
    local_kanbert.journal.clear()

    told = reconcile(site)

    assert process.returncode == 130
    assert "Interrupted: the next run goes on from here." in said
    assert "Going on with an interrupted run: " in told.stderr
    assert local_kanbert.journal.count(GET) + asked in {3, 4}  # one may have been unanswered
    assert told.returncode == 0
    assert not (site.folder / site.state / "reconcile.json").exists()


def test_interrupted_it_shows_what_it_had_found(site: Site, local_kanbert: LocalKanbert) -> None:
    for name in ("0.pdf", "1.pdf"):
        (site.inbox() / "done" / name).write_bytes(pdf(f"{name}, never delivered"))
    local_kanbert.faults.add(Fault(kind=Kind.DELAY, operation=CHECK))
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_HANG, operation=CHECK))
    local_kanbert.journal.clear()

    told = interrupted(
        "reconcile",
        folder=site.folder,
        when=lambda: local_kanbert.journal.wait_for(
            lambda seen: sum(e.operation == CHECK for e in seen) == 2, seconds=PATIENCE
        ),
    )

    assert told.returncode == 130
    assert re.search(r"^/.*/0\.pdf +scanner +has no invoice$", told.stdout, re.MULTILINE)
    first, *_, last = told.stderr.strip().splitlines()
    assert first == "1 file: 0 proven, 1 without an invoice, 0 not proven."
    assert last == "Interrupted: the next run goes on from here."


@pytest.mark.parametrize("into", ["", os.devnull])
def test_scripts_get_json_without_a_bar_in_between(site: Site, into: str) -> None:
    code, shown = on_terminal("reconcile", "--json", folder=site.folder, into=into)

    assert code == 0
    assert "Files under done/" not in shown


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(401, 3, "Unauthenticated"), (503, 3, "Kanbert did not list"), (500, 3, "did not list")],
)
def test_without_kanbert_nothing_is_proven_and_nothing_put_back(
    site: Site, local_kanbert: LocalKanbert, status: int, code: int, said: str
) -> None:
    local_kanbert.faults.add(Fault(status=status, times=None))

    told = reconcile(site, "--fix")

    assert told.returncode == code
    assert said in told.stderr
    assert set(site.files()) == {"done/a.pdf", "done/b.pdf"}


def test_what_was_found_before_kanbert_went_away_is_shown_and_kept(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with new_client(local_kanbert) as client:
        client.create(CreateInvoice(title="By hand"), file=pdf("c.pdf"))
    drop(site, "c.pdf")
    site.once()
    local_kanbert.faults.add(Fault(operation=CHECK, status=503, times=None))
    (site.inbox() / "done/stray.pdf").write_bytes(pdf("stray"))

    told = reconcile(site)

    assert told.returncode == 3
    assert "That is not all: the next run goes on from here." in told.stderr
    assert "ingestd: Kanbert did not check for duplicates" in told.stderr


@pytest.mark.parametrize(
    ("token", "code", "said"),
    [
        ('token = "another"', 3, "no connection"),
        ('token_file = "missing"', 2, "missing cannot be used"),
    ],
)
def test_an_account_that_cannot_be_reached_does_not_keep_the_others(
    site: Site, local_kanbert: LocalKanbert, token: str, code: int, said: str
) -> None:
    local_kanbert.store.delete(local_kanbert.store.invoices()[0].id)
    (site.folder / "mail").mkdir()
    settings = (site.folder / "ingestd.toml").read_text()
    settings = settings.replace("[accounts.main]", f"{_OTHER_ACCOUNT}{token}\n[accounts.main]")
    settings = settings.replace("[inboxes.scanner]", '[inboxes.scanner]\naccount = "main"')
    settings += f'\n[inboxes.mail]\naccount = "other"\npath = "{site.folder / "mail"}"\n'
    (site.folder / "ingestd.toml").write_text(settings)

    told = reconcile(site)

    assert told.returncode == code
    assert "has no invoice" in told.stdout
    assert said in told.stderr


_OTHER_ACCOUNT = """
[accounts.other]
base_url = "http://127.0.0.1:1/api/v1"
"""


@pytest.mark.parametrize(
    ("asked", "given", "pace"), [(None, 0, 120), (None, 600, 600), (30, 600, 30), (0, 600, 0)]
)
def test_the_option_counts_more_than_the_account_s_setting(
    asked: int | None, given: int, pace: int
) -> None:
    assert pace_of(asked, given) == pace


def test_a_question_that_is_not_answered_is_no_reason_to_put_anything_back(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.store.delete(local_kanbert.store.invoices()[0].id)
    local_kanbert.faults.add(Fault(operation=CHECK, status=500, times=None))

    told = reconcile(site, "--fix")

    assert told.returncode == 1
    assert "could not be proven: " in told.stdout
    assert set(site.files()) == {"done/a.pdf", "done/b.pdf"}


def test_what_a_daemon_is_just_delivering_is_not_missed(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_HANG, operation=CREATE, times=None))
    local_kanbert.journal.clear()
    site.account["timeout"] = '"50s"'
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        drop(site, "c.pdf")
        local_kanbert.journal.wait_for(
            lambda seen: any(one.operation == CREATE and one.outcome for one in seen)
        )
        assert local_kanbert.store.count() == 3

        told = reconcile(site)

    assert (told.returncode, told.stdout) == (0, "")


def test_a_name_that_is_no_text_is_told_all_the_same(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    name = os.fsdecode(b"r\xe9.pdf")
    drop(site, "c.pdf")
    (site.inbox() / "c.pdf").rename(site.inbox() / "done" / name)

    for arguments in ([], ["--json"]):
        told = reconcile(site, *arguments)

        assert told.returncode == 1
        assert "r\\udce9.pdf" in told.stdout
    assert local_kanbert.journal.count(LIST) > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--inbox", "other"], 'There is no inbox "other".\n  There is: scanner'),
        (["--since", "yesterday"], '"yesterday" is no time; write 2026-05-04'),
        (["--requests-per-minute", "-1"], "-1"),
        (["--yes"], "--yes puts nothing back by itself; give --fix with it.\n"),
    ],
)
def test_what_cannot_be_meant_is_said(site: Site, arguments: list[str], said: str) -> None:
    told = reconcile(site, *arguments)

    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr
