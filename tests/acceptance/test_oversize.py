"""Documents that are too large, by the real command."""

from __future__ import annotations

import json

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.shrink.pdfs import noise, scanned
from tests.workbench import CREATE, LocalKanbert

MOST = 30_000  # bytes
SCAN = scanned(noise(300, 300))


def outcomes(said: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] in {"document.delivered", "document.failed"}]


def test_with_shrink_a_smaller_copy_is_sent_and_told_of(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options |= {"oversize": '"shrink"', "max_size": f'"{MOST}B"'}
    (site.inbox() / "scan.pdf").write_bytes(SCAN)

    ended = site.once()

    (invoice,) = local_kanbert.store.invoices()
    (delivered,) = outcomes(ended.stderr)
    assert ended.returncode == 0
    assert invoice.size is not None
    assert invoice.size <= MOST < len(SCAN)
    assert (delivered["sent_size"], delivered["sent_md5"]) == (invoice.size, invoice.md5)
    assert (delivered["sent_dpi"], delivered["sent_quality"]) == (200, 75)
    assert site.files() == {"done/scan.pdf": SCAN}


@pytest.mark.parametrize("workers", [1, 3])
def test_several_of_two_inboxes_come_to_their_turn_among_others(
    site: Site, local_kanbert: LocalKanbert, workers: int
) -> None:
    site.inboxes.append("mail")
    site.inbox("mail").mkdir()
    site.options |= {"oversize": '"shrink"', "max_size": f'"{MOST}B"'}
    site.account["concurrency"] = str(workers)
    for name in site.inboxes:
        for number in range(2):
            scan = scanned(noise(300, 300, seed=f"{name} {number}"))
            (site.inbox(name) / f"{number} scan.pdf").write_bytes(scan)
            (site.inbox(name) / f"{number}.pdf").write_bytes(pdf(f"{name} {number}"))

    ended = site.once()

    assert ended.returncode == 0
    assert local_kanbert.store.count() == 8
    assert all(path.startswith("done/") for name in site.inboxes for path in site.files(name))


@pytest.mark.in_a_file
def test_the_original_dropped_again_is_a_duplicate_also_without_a_ledger(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options |= {"oversize": '"shrink"', "max_size": f'"{MOST}B"'}
    (site.inbox() / "scan.pdf").write_bytes(SCAN)
    site.once()

    for state in ("state", "another state"):
        site.state = state
        (site.inbox() / "scan.pdf").write_bytes(SCAN)
        assert site.once().returncode == 0

    assert local_kanbert.store.count() == 1
    assert local_kanbert.journal.count(CREATE) == 1
    assert set(site.files()) == {"done/scan.pdf", "done/scan (2).pdf", "done/scan (3).pdf"}


def test_one_that_cannot_be_made_smaller_fails_and_says_why(
    site: Site, local_kanbert: LocalKanbert
) -> None:
    site.options |= {"oversize": '"shrink"', "max_size": '"5KB"'}
    (site.inbox() / "scan.pdf").write_bytes(scanned(noise(140, 140)))

    ended = site.once()

    assert ended.returncode == 1
    assert "No smaller copy can be sent" in ended.stdout
    assert local_kanbert.store.count() == 0


def test_without_it_what_is_too_large_fails(site: Site, local_kanbert: LocalKanbert) -> None:
    site.options["max_size"] = f'"{MOST}B"'
    (site.inbox() / "scan.pdf").write_bytes(SCAN)

    assert site.once().returncode == 1
    assert local_kanbert.store.count() == 0
