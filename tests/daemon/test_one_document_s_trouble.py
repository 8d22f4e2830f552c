"""One document that Kanbert, or something before it, never takes: the others go all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ingestd.cli.samples import pdf
from ingestd.kanbert import BearerToken, Kanbert, RetryPolicy
from tests.daemon.carrying import Carrying, complaints, events
from tests.kanbert.servers import answer, passing_on, serving
from tests.workbench import Bench

FILES = ["a.pdf", "b.pdf", "c.pdf"]
DISLIKED = pdf("a.pdf")
MD5 = hashlib.md5(DISLIKED, usedforsecurity=False).hexdigest().encode()
JSON = "Content-Type: application/json"


class Proxy:
    """Answers in Kanbert's place when it sees one content, or its hash, for as long as it is on."""

    def __init__(self, status: int, sees: bytes) -> None:
        self.status = status
        self.sees = sees
        self.on = True
        self.times = 0

    def __call__(self, request: bytes) -> list[bytes] | None:
        if not self.on or self.sees not in request:
            return None
        self.times += 1
        return [answer(self.status, b'{"message": "no"}', JSON)]


@contextmanager
def behind(bench: Bench, proxy: Proxy, workers: int = 1) -> Iterator[Carrying]:
    port = int(bench.kanbert.base_url.split(":")[2].split("/")[0])
    with (
        serving(passing_on(port, proxy)) as server,
        Kanbert(
            f"http://{server.address}/api/v1",
            BearerToken(bench.kanbert.token),
            retry=RetryPolicy(attempts=1),
        ) as client,
    ):
        stages = replace(bench.stages, kanbert=client)
        lane = Carrying(bench, stages, relisting=True, workers=workers)
        lane.drop(*FILES)
        lane.start()
        yield lane
        lane.end()


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("sees", [MD5, DISLIKED], ids=["its check", "its create"])
@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_one_that_is_never_taken_keeps_no_other_from_going(
    bench: Bench, status: int, sees: bytes, workers: int
) -> None:
    with behind(bench, Proxy(status, sees), workers) as lane:
        lane.pass_time_until(lambda: len(lane.filed) == 2)
        lane.pass_time(900)

        (bench.inbox / "d.pdf").write_bytes(pdf("d.pdf"))
        lane.list_inbox()
        lane.pass_time_until(lambda: len(lane.filed) == 3)

    assert {document.name for document in lane.filed} == {"b.pdf", "c.pdf", "d.pdf"}


@pytest.mark.parametrize("sees", [MD5, DISLIKED], ids=["its check", "its create"])
@pytest.mark.parametrize("status", [403, 500])
def test_it_is_named_once_and_goes_when_it_is_taken_after_all(
    bench: Bench, status: int, sees: bytes
) -> None:
    proxy, pauses = Proxy(status, sees), list[object]()
    with behind(bench, proxy) as lane:
        lane.pass_time_until(lambda: len(lane.filed) == 2)
        lane.pass_time(120)
        lane.account.on_change(lambda: pauses.append(lane.account.pause))
        lane.pass_time(3600)
        asked = proxy.times
        (complaint,) = complaints(bench)

        proxy.on = False
        lane.pass_time_until(lambda: len(lane.filed) == 3)

    assert complaint["path"] == "a.pdf"
    assert complaint["error"].startswith("Kanbert takes other documents, but not this one: ")
    assert "Look for it in Kanbert" in complaint["hint"]
    assert asked < 30
    assert set(pauses) <= {None}
    assert len(events(bench, "account.paused")) <= 1
