"""The ledger is gone, damaged or somebody else's, and the real command is started on it."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.workbench import LocalKanbert

pytestmark = pytest.mark.in_a_file

PAGE = 4096
FILES = {f"scan-{number:02}.pdf": pdf(f"Invoice {number}") for number in range(20)}


def ledger_of(site: Site) -> Path:
    return site.folder / site.state / "ledger.sqlite3"


def assert_each_once(site: Site, local_kanbert: LocalKanbert, names: list[str]) -> None:
    hashes = Counter(invoice.sha256 for invoice in local_kanbert.store.invoices())
    assert (len(hashes), set(hashes.values())) == (len(names), {1})
    assert site.files() == {f"done/{name}": FILES[name] for name in names}
    assert site.work() == []


def garble(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)


@pytest.mark.parametrize("lose", [Path.unlink, garble, lambda path: path.write_bytes(b"")])
def test_killed_and_then_the_ledger_lost_every_document_is_delivered_once(
    site: Site, local_kanbert: LocalKanbert, lose: Callable[[Path], object]
) -> None:
    for name, content in FILES.items():
        (site.inbox() / name).write_bytes(content)
    with site.run() as daemon:
        daemon.wait_for("document.delivered", 5)
        daemon.stop(signal.SIGKILL)
    lose(ledger_of(site))

    with site.run() as daemon:
        said = daemon.wait_for("ledger.set_aside")
        done = site.inbox() / "done"
        daemon.wait_until(lambda: len(os.listdir(done)) == len(FILES) and not site.work())

    assert list(ledger_of(site).parent.glob(f"{Path(said['path']).name}*"))
    assert not daemon.all("document.failed")
    assert_each_once(site, local_kanbert, list(FILES))


@pytest.mark.parametrize("pages", [4, 10], ids=["met at the start", "met by a document"])
def test_damage_deep_in_the_ledger_ends_one_run_and_the_next_goes_on(
    site: Site, local_kanbert: LocalKanbert, pages: int
) -> None:
    one, two, *_ = FILES
    (site.inbox() / one).write_bytes(FILES[one])
    with site.run() as daemon:
        daemon.wait_for("document.delivered")
        daemon.stop()
    whole = ledger_of(site).read_bytes()
    ledger_of(site).write_bytes(whole[: pages * PAGE] + b"\xa5" * (len(whole) - pages * PAGE))
    (site.inbox() / two).write_bytes(FILES[two])

    with site.run() as daemon:
        assert daemon.wait() == 1
    assert "The ledger is damaged" in daemon.output
    with site.run() as daemon:
        daemon.wait_for("ledger.set_aside")
        daemon.wait_for("document.delivered", path=two)
        assert daemon.stop() == 0

    assert_each_once(site, local_kanbert, [one, two])


def test_a_ledger_that_is_deleted_under_a_running_daemon_ends_it_and_nothing_is_lost(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    one, two, *_ = FILES
    with site.run() as daemon:
        (site.inbox() / one).write_bytes(FILES[one])
        daemon.wait_for("document.delivered")
        ledger_of(site).unlink()
        (site.inbox() / two).write_bytes(FILES[two])

        assert daemon.wait() == 1
    assert "removed or replaced" in daemon.all("daemon.stopped")[0]["error"]

    with site.run() as daemon:
        daemon.wait_for("document.delivered", path=two)

    assert_each_once(site, local_kanbert, [one, two])
