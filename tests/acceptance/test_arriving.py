"""The ways people and scanners drop files."""

from __future__ import annotations

import shutil
from pathlib import Path

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.workbench import LocalKanbert

ONE, TWO = pdf("Invoice 1"), pdf("Invoice 2")


def test_what_lay_there_before_the_start_is_delivered(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    (site.inbox() / "one.pdf").write_bytes(ONE)
    (site.inbox() / "TWO.PDF").write_bytes(TWO)

    with site.run() as daemon:
        daemon.wait_for("document.delivered", 2)

    assert site.files() == {"done/one.pdf": ONE, "done/TWO.PDF": TWO}
    assert local_kanbert.store.count() == 2


def test_a_file_written_slowly_in_pieces_is_delivered_whole_and_once(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    content = pdf("Invoice", padding=b"% a line of a slow scan\n" * 1000)
    with site.run() as daemon, (site.inbox() / "slow.pdf").open("wb") as scanner:
        daemon.wait_for("inbox.watching")
        for start in range(0, len(content), 4096):
            scanner.write(content[start : start + 4096])
            scanner.flush()
            # another document's whole way is longer than the time a file takes to settle
            name = f"meanwhile-{start}.pdf"
            (site.inbox() / name).write_bytes(pdf(name))
            daemon.wait_for("document.delivered", path=name)
            assert not daemon.all("document.delivered", path="slow.pdf")
        scanner.close()
        daemon.wait_for("document.delivered", path="slow.pdf")

    assert site.files()["done/slow.pdf"] == content
    assert [i.size for i in local_kanbert.store.invoices() if i.title == "slow"] == [len(content)]


def test_a_download_is_taken_once_it_has_its_real_name(site: Site) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "one.pdf.part").write_bytes(ONE)
        (site.inbox() / "two.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", path="two.pdf")
        assert "one.pdf.part" in site.files()
        (site.inbox() / "one.pdf.part").rename(site.inbox() / "one.pdf")
        daemon.wait_for("document.delivered", path="one.pdf")

    assert site.files() == {"done/one.pdf": ONE, "done/two.pdf": TWO}


def test_a_file_moved_in_from_elsewhere_does_not_wait_to_settle(site: Site, tmp_path: Path) -> None:
    site.options |= {"settle": '"30m"', "sidecars": "false"}
    elsewhere = tmp_path / "elsewhere.pdf"
    elsewhere.write_bytes(ONE)

    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        elsewhere.rename(site.inbox() / "one.pdf")
        daemon.wait_for("document.delivered", path="one.pdf")


def test_a_pair_moved_in_from_elsewhere_does_not_wait_to_settle(site: Site, tmp_path: Path) -> None:
    site.options["settle"] = '"30m"'
    (tmp_path / "one.pdf").write_bytes(ONE)
    (tmp_path / "one.toml").write_bytes(b"# nothing")

    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        for name in ("one.pdf", "one.toml"):
            (tmp_path / name).rename(site.inbox() / name)
        daemon.wait_for("document.delivered", path="one.pdf")


def test_a_file_copied_over_while_it_waits_is_delivered_as_it_is_in_the_end(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "one.pdf").write_bytes(ONE[: len(ONE) // 2])
        (site.inbox() / "other.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", path="other.pdf")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered", path="one.pdf")

    assert site.files() == {"done/one.pdf": ONE, "done/other.pdf": TWO}
    assert local_kanbert.store.count() == 2


def test_the_same_name_twice_overwrites_nothing(site: Site) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "scan.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered", 1)
        (site.inbox() / "scan.pdf").write_bytes(TWO)
        daemon.wait_for("document.delivered", 2)

    assert site.files() == {"done/scan.pdf": ONE, "done/scan (2).pdf": TWO}


def test_the_same_content_twice_becomes_one_invoice(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf"):
        (site.inbox() / name).write_bytes(ONE)

    with site.run() as daemon:
        daemon.wait_for("document.delivered")
        daemon.wait_for("document.duplicate", 3)

    assert local_kanbert.store.count() == 1
    assert set(site.files()) == {"done/a.pdf", "done/b.pdf", "done/c.pdf", "done/d.pdf"}


def test_folders_are_looked_into_only_when_asked_to(site: Site) -> None:
    folder = site.inbox() / "acme"
    folder.mkdir()
    (folder / "one.pdf").write_bytes(ONE)
    (site.inbox() / "two.pdf").write_bytes(TWO)

    with site.run() as daemon:
        daemon.wait_for("document.delivered", path="two.pdf")
    assert (folder / "one.pdf").is_file()
    site.options["recursive"] = "true"
    with site.run() as daemon:
        daemon.wait_for("document.delivered", path="acme/one.pdf")

    assert site.files() == {"done/acme/one.pdf": ONE, "done/two.pdf": TWO}


def test_a_folder_copied_into_a_recursive_inbox_is_delivered(site: Site, tmp_path: Path) -> None:
    site.options["recursive"] = "true"
    source = tmp_path / "source" / "deep" / "deeper"
    source.mkdir(parents=True)
    (source / "one.pdf").write_bytes(ONE)

    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        shutil.copytree(tmp_path / "source", site.inbox() / "copied")
        daemon.wait_for("document.delivered", path="copied/deep/deeper/one.pdf")

    assert site.files() == {"done/copied/deep/deeper/one.pdf": ONE}


def test_a_file_that_is_no_invoice_fails_with_a_reason(site: Site) -> None:
    site.options["give_up_on_incomplete"] = '"300ms"'
    (site.inbox() / "letter.pdf").write_bytes(b"Dear Sir or Madam\n")

    with site.run() as daemon:
        daemon.wait_for("document.failed")

    reason = site.files()["failed/letter.pdf.reason.txt"].decode().splitlines()
    assert "not a PDF" in reason[0]
    assert "PDF" in reason[1]
    assert site.files()["failed/letter.pdf"] == b"Dear Sir or Madam\n"


def test_a_polled_inbox_delivers_as_well(site: Site) -> None:
    site.options |= {"watch": '"poll"', "rescan": '"300ms"'}

    with site.run() as daemon:
        daemon.wait_for("inbox.watching", mode="poll")
        (site.inbox() / "one.pdf").write_bytes(ONE)
        daemon.wait_for("document.delivered")

    assert site.files() == {"done/one.pdf": ONE}
