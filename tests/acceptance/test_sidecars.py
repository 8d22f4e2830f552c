"""The real command, and sidecars that are dropped beside documents."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault
from tests.acceptance.running import COMMAND, PATIENCE, Site
from tests.workbench import CHECK, CREATE, LocalKanbert

CONTENT, SAID = pdf("Invoice"), b'invoice_number = "R-17"\nexternal_id = "erp-17"\n'
LONG_AGO = 1_000_000_000
"""Seconds since the epoch."""


def move_in(path: Path, content: bytes) -> None:
    elsewhere = path.parents[1] / path.name
    elsewhere.write_bytes(content)
    elsewhere.rename(path)


def known_by(kanbert: LocalKanbert) -> list[tuple[str | None, str | None]]:
    return [(one.external_id, one.invoice_number) for one in kanbert.store.invoices()]


def command(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--config", str(site.write_settings()), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("arrive", [Path.write_bytes, move_in])
def test_a_sidecar_waits_for_its_document(
    site: Site, local_kanbert: LocalKanbert, arrive: object
) -> None:
    assert callable(arrive)
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        arrive(site.inbox() / "invoice.toml", SAID)
        (site.inbox() / "other.pdf").write_bytes(pdf("Another"))
        daemon.wait_for("document.delivered", path="other.pdf")
        arrive(site.inbox() / "invoice.pdf", CONTENT)
        daemon.wait_for("document.delivered", path="invoice.pdf")

    assert site.files() == {
        "done/invoice.pdf": CONTENT,
        "done/invoice.toml": SAID,
        "done/other.pdf": pdf("Another"),
    }
    assert ("erp-17", "R-17") in known_by(local_kanbert)
    assert site.work() == []


def test_a_document_waits_for_a_sidecar_that_comes_while_it_settles(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with site.run() as daemon, (site.inbox() / "invoice.pdf").open("wb") as scanner:
        daemon.wait_for("inbox.watching")
        scanner.write(CONTENT)
        scanner.flush()
        (site.inbox() / "invoice.pdf.json").write_text('{"invoice_number": "R-17"}')
        scanner.close()
        daemon.wait_for("document.delivered", path="invoice.pdf")

    assert set(site.files()) == {"done/invoice.pdf", "done/invoice.pdf.json"}
    assert [number for _, number in known_by(local_kanbert)] == ["R-17"]


def test_where_sidecars_are_required_a_document_waits_for_its_own(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options |= {"sidecars": '"required"', "give_up_on_incomplete": '"300ms"'}
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        move_in(site.inbox() / "invoice.pdf", CONTENT)
        deferred = daemon.wait_for("document.deferred", path="invoice.pdf")
        assert local_kanbert.journal.count(CREATE) == 0
        (site.inbox() / "invoice.toml").write_bytes(SAID)
        daemon.wait_for("document.delivered", path="invoice.pdf")

    assert "requires" in deferred["reason"]
    assert known_by(local_kanbert) == [("erp-17", "R-17")]


def test_a_sidecar_whose_document_does_not_come_is_named_and_stays(site: Site) -> None:
    site.options |= {"give_up_on_incomplete": '"300ms"'}
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "invoice.toml").write_bytes(SAID)
        deferred = daemon.wait_for("document.deferred", path="invoice.toml")

    assert "no document beside it" in deferred["reason"]
    assert site.files() == {"invoice.toml": SAID}


def test_without_sidecars_a_document_goes_alone(site: Site, local_kanbert: LocalKanbert) -> None:
    site.options |= {"sidecars": "false"}
    (site.inbox() / "invoice.toml").write_bytes(SAID)
    (site.inbox() / "invoice.pdf").write_bytes(CONTENT)

    assert site.once().returncode == 0

    assert set(site.files()) == {"done/invoice.pdf", "invoice.toml"}
    assert ("erp-17", "R-17") not in known_by(local_kanbert)


def test_a_mistake_fails_the_pair_and_its_correction_and_retry_deliver_it(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    (site.inbox() / "invoice.toml").write_text('invoice_nr = "R-17"')
    (site.inbox() / "invoice.pdf").write_bytes(CONTENT)

    failed = site.once()

    assert failed.returncode == 1
    assert local_kanbert.journal.count(CREATE) == 0
    failed_folder = site.inbox() / "failed"
    reason = (failed_folder / "invoice.pdf.reason.txt").read_text()
    assert 'invoice.toml cannot be used: "invoice_nr" is no field' in reason
    (failed_folder / "invoice.toml").write_bytes(SAID)
    assert command(site, "retry", "invoice.pdf").returncode == 0
    assert site.once().returncode == 0
    assert site.files() == {"done/invoice.pdf": CONTENT, "done/invoice.toml": SAID}


@pytest.mark.in_a_file
def test_what_the_sender_named_is_proven_by_reconcile_also_without_a_ledger(site: Site) -> None:
    (site.inbox() / "invoice.toml").write_bytes(SAID)
    (site.inbox() / "invoice.pdf").write_bytes(CONTENT)
    site.once()

    for path in (site.folder / site.state).glob("ledger.sqlite3*"):
        path.unlink()

    assert command(site, "reconcile").returncode == 0


def test_where_the_account_is_refused_both_stay_in_the_inbox(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(status=401, operation=CHECK, times=99))
    (site.inbox() / "invoice.toml").write_bytes(SAID)
    (site.inbox() / "invoice.pdf").write_bytes(CONTENT)

    assert site.once().returncode == 3

    assert site.files() == {"invoice.pdf": CONTENT, "invoice.toml": SAID}


@pytest.mark.parametrize(("stamp", "code"), [(None, 0), (LONG_AGO, 1)])
def test_a_run_that_ends_waits_for_no_sidecar_and_says_which_has_been_missing_for_long(
    site: Site, stamp: int | None, code: int
) -> None:
    site.options |= {"sidecars": '"required"'}
    (site.inbox() / "invoice.pdf").write_bytes(CONTENT)
    if stamp:
        os.utime(site.inbox() / "invoice.pdf", (stamp, stamp))

    ended = site.once()

    assert ended.returncode == code
    waiting = "waiting: invoice.pdf: no sidecar yet, such as invoice.toml\n"
    assert (waiting in ended.stdout, "cannot be taken" in ended.stdout) == (not code, bool(code))
    assert "not complete" not in ended.stdout
    assert set(site.files()) == {"invoice.pdf"}


@pytest.mark.parametrize("stamp", [None, LONG_AGO])
def test_a_run_that_ends_is_done_although_a_sidecar_is_alone(site: Site, stamp: int | None) -> None:
    (site.inbox() / "invoice.toml").write_bytes(SAID)
    if stamp:
        os.utime(site.inbox() / "invoice.toml", (stamp, stamp))

    ended = site.once()

    assert (ended.returncode, ended.stdout.split()[:2]) == (0, ["0", "delivered"])
    assert ("no document beside it" in ended.stderr) is bool(stamp)
    assert site.files() == {"invoice.toml": SAID}


def test_an_e_invoice_in_xml_goes_with_its_pdf_and_alone_to_failed(site: Site) -> None:
    site.options |= {"include": '["*.pdf", "*.xml"]'}
    (site.inbox() / "invoice.pdf").write_bytes(CONTENT)
    for name in ("invoice.xml", "alone.xml"):
        (site.inbox() / name).write_bytes(b"<Invoice/>")
        os.utime(site.inbox() / name, (LONG_AGO, LONG_AGO))

    assert site.once().returncode == 1

    files = site.files()
    assert set(files) == {
        "done/invoice.pdf",
        "done/invoice.xml",
        "failed/alone.xml",
        "failed/alone.xml.reason.txt",
    }
    assert b"together with its PDF" in files["failed/alone.xml.reason.txt"]
