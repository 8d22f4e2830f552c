"""A document that something before Kanbert never lets through, in a run that ends."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from tests.acceptance.running import Site
from tests.kanbert.servers import answer, passing_on, serving
from tests.workbench import LocalKanbert

DISLIKED = pdf("a")
MD5 = hashlib.md5(DISLIKED, usedforsecurity=False).hexdigest().encode()


@pytest.mark.parametrize("status", [403, 500])
def test_a_run_that_ends_delivers_the_others_and_says_which_one_is_left(
    tmp_path: Path, local_kanbert: LocalKanbert, status: int
) -> None:
    port = int(local_kanbert.base_url.split(":")[2].split("/")[0])
    refusal = answer(status, b'{"message": "no"}', "Content-Type: application/json")
    with serving(passing_on(port, lambda asked: [refusal] if MD5 in asked else None)) as proxy:
        site = Site(tmp_path, f"http://{proxy.address}/api/v1", local_kanbert.token)
        site.account["concurrency"] = "1"
        (site.inbox() / "a.pdf").write_bytes(DISLIKED)
        os.utime(site.inbox() / "a.pdf", (1, 1))
        for name in ("b", "c"):
            (site.inbox() / f"{name}.pdf").write_bytes(pdf(name))

        ended = site.once()

    assert ended.returncode == 1
    assert set(site.files()) == {"a.pdf", "done/b.pdf", "done/c.pdf"}
    assert "2  delivered" in ended.stdout
    assert "1  waiting" in ended.stdout
