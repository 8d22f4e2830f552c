"""A done folder on a share of its own, which goes away and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site, files_below
from tests.mounting import bind, mounts_allowed, unmount
from tests.workbench import CREATE, LocalKanbert


@pytest.fixture
def point(tmp_path: Path) -> Iterator[Path]:
    """Where the share is mounted."""
    with mounts_allowed(tmp_path / "archive") as point:
        yield point


@pytest.fixture
def server(tmp_path: Path, site: Site, point: Path) -> Path:
    """The folder behind the share, which one document was filed on."""
    server = tmp_path / "server"
    server.mkdir()
    bind(server, point)
    site.options |= {"done": f'"{point}"', "rescan": '"1s"'}
    (site.inbox() / "first.pdf").write_bytes(pdf("first"))
    assert site.once().returncode == 0
    assert files_below(server) == {"first.pdf": pdf("first")}
    return server


@pytest.mark.parametrize("missing", [False, True], ids=["an empty folder", "no folder"])
def test_what_is_delivered_while_the_share_is_away_waits_and_is_filed_when_it_is_back(
    site: Site, server: Path, point: Path, missing: bool, local_kanbert: LocalKanbert
) -> None:
    unmount(point)
    if missing:
        point.rmdir()
    (site.inbox() / "second.pdf").write_bytes(pdf("second"))

    away = site.once()

    assert away.returncode == 1
    assert "share" in away.stderr
    assert not point.exists() if missing else list(point.iterdir()) == []
    assert [path.name for path in site.work()[0].rglob("*.pdf")] == ["second.pdf"]
    point.mkdir(exist_ok=True)
    bind(server, point)
    assert site.once().returncode == 0
    assert files_below(server) == {"first.pdf": pdf("first"), "second.pdf": pdf("second")}
    assert local_kanbert.journal.count(CREATE) == 2


def test_a_share_that_goes_away_under_the_daemon_is_noticed(
    site: Site, server: Path, point: Path
) -> None:
    with site.run() as daemon:
        daemon.wait_for("inbox.watching")
        (site.inbox() / "second.pdf").write_bytes(pdf("second"))
        daemon.wait_for("document.delivered", path="second.pdf")
        unmount(point)
        (site.inbox() / "third.pdf").write_bytes(pdf("third"))

        waits = daemon.wait_for("document.deferred", path="third.pdf")
        assert "its share is not mounted" in waits["error"]
        assert list(point.iterdir()) == []

    assert set(files_below(server)) == {"first.pdf", "second.pdf"}
