"""A server that answers anything at all: no document fails, none is doubled, and nobody waits."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from ingestd.errors import OutcomeUnknown
from ingestd.kanbert import BearerToken, Kanbert, RetryPolicy
from ingestd.model import Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.daemon.carrying import Carrying, complaints, events
from tests.kanbert.servers import answer, passing_on, serving
from tests.workbench import CHECK, CREATE, Bench

FILES = ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"]
JSON = "Content-Type: application/json"


def said(body: bytes, status: int = 200, header: str = JSON) -> Callable[[], Iterable[bytes]]:
    return lambda: [answer(status, body, header)]


def raw(*pieces: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: pieces


def poured(head: str, drop: bytes, first: bytes = b"") -> Callable[[], Iterator[bytes]]:
    """Say something that goes on for 100 MB, which is far more than anybody reads."""

    def pour() -> Iterator[bytes]:
        yield f"HTTP/1.1 200 OK\r\n{head}".encode() + first
        for _ in range(100_000_000 // len(drop)):
            yield drop

    return pour


def number(digits: bytes) -> Callable[[], Iterable[bytes]]:
    return said(b'{"exists": false, "duplicates": [], "data": [], "x": %s}' % digits)


_GZIP = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
BEGUN = _GZIP.compress(b"") + _GZIP.flush(zlib.Z_SYNC_FLUSH)
NOTHING = b"\0\0\0\xff\xff" * 10_000
"""Blocks of gzip that inflate to nothing."""

SAYINGS = {
    "nothing": raw(),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "status 999": said(b"{}", 999),
    "switching protocols": raw(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n{}"),
    "no content": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "many early hints": raw(*[b"HTTP/1.1 103 Early\r\n\r\n"] * 1000),
    "endless headers": poured("", b"X-Header: x\r\n" * 1000),
    "an endless header": poured("X: ", b"x" * 10_000),
    "an endless body": poured(f"{JSON}\r\n\r\n", b" " * 10_000),
    "endless chunks": poured(
        "Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b" " * 1024 + b"\r\n"
    ),
    "endless trailers": poured(
        "Transfer-Encoding: chunked\r\n\r\n", b"X: x\r\n" * 1000, b"2\r\n{}\r\n0\r\n"
    ),
    "a length that is none": raw(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}"),
    "two lengths": said(b"{}", 200, "Content-Length: 7"),
    "half a body": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "a bomb": said(gzip.compress(bytes(20_000_000)), 200, "Content-Encoding: gzip"),
    "a bomb of nothing": poured("Content-Encoding: gzip\r\n\r\n", NOTHING, BEGUN),
    "rubbish after gzip": poured("Content-Encoding: gzip\r\n\r\n", NOTHING, gzip.compress(b"{}")),
    "another encoding": said(b"{}", 200, "Content-Encoding: br"),
    "text": said(b"It works!", 200, "Content-Type: text/plain"),
    "a list": said(b"[]"),
    "deep JSON": said(b"[" * 100_000),
    "deep JSON that ends": number(b"[" * 100_000 + b"]" * 100_000),
    "deep JSON with a 503": said(b'{"errors":' * 50_000, 503),
    "a number of 5000 digits": number(b"1" * 5000),
    "a number beyond all bounds": number(b"1e99999999999999999999"),
    "NaN": number(b"NaN"),
}


@dataclass
class Mood:
    """What is said to requests that begin so; nothing, and the sandbox answers."""

    saying: Callable[[], Iterable[bytes]] | None
    to: bytes = b""

    def __call__(self, request: bytes) -> Iterable[bytes] | None:
        return self.saying() if self.saying and request.startswith(self.to) else None


@contextmanager
def facing(bench: Bench, mood: Mood) -> Iterator[Carrying]:
    """Five files dropped before a server in this mood, and the account paused for it."""
    port = int(bench.kanbert.base_url.split(":")[2].split("/")[0])
    with serving(passing_on(port, mood)) as server:
        delivering, probing = (
            Kanbert(
                f"http://{server.address}/api/v1",
                BearerToken(bench.kanbert.token),
                retry=RetryPolicy(attempts=1),
            )
            for _ in range(2)
        )
        with delivering, probing:
            stages = replace(bench.stages, kanbert=delivering)
            lane = Carrying(bench, stages, relisting=True, prober=probing)
            lane.drop(*FILES)
            lane.start()
            lane.wait_for(lambda: lane.account.pause is not None)
            lane.settle()
            yield lane
            mood.saying = None
            lane.pass_time_until(lambda: len(lane.filed) == len(FILES))
            lane.end()
    assert sorted(document.name for document in lane.filed) == FILES
    assert bench.kanbert.store.count() == len(FILES)
    assert complaints(bench) == []
    assert "exception" not in bench.log.getvalue()
    assert not (bench.inbox / "failed").exists()


@pytest.mark.parametrize("saying", SAYINGS.values(), ids=SAYINGS)
def test_whatever_it_says_the_files_stay_in_the_inbox_until_it_is_sane(
    bench: Bench, saying: Callable[[], Iterable[bytes]]
) -> None:
    with facing(bench, Mood(saying)) as lane:
        lane.pass_time(60)  # in which it is probed

        assert lane.account.pause is not None
        assert lane.names() == FILES
        assert list(bench.stages.workplace.claimed()) == []


@pytest.mark.parametrize("saying", SAYINGS.values(), ids=SAYINGS)
def test_whatever_it_says_to_a_create_one_invoice_is_made(
    bench: Bench, saying: Callable[[], Iterable[bytes]]
) -> None:
    with facing(bench, Mood(saying, b"POST /api/v1/incoming-invoices HTTP")) as lane:
        claimed = [name for _, name in bench.stages.workplace.claimed()]

        assert sorted([*lane.names(), *claimed]) == FILES
        assert {one.state for one in bench.ledger.under_way("scanner")} <= {State.UNKNOWN}


IDS = {
    "the folder above": "..",
    "two lines": "a\nlevel=error",
    "a colour": "\x1b[31m",
    "from right to left": "\u202egnp",
    "nothing": "",
    "no text": {"id": "a"},
    "10,000 letters": "a" * 10_000,
}


@pytest.mark.parametrize("invoice_id", IDS.values(), ids=IDS)
def test_an_id_of_a_duplicate_s_never_becomes_a_path_or_a_line(
    bench: Bench, invoice_id: object
) -> None:
    body = json.dumps({"exists": True, "duplicates": [{"id": invoice_id}]}).encode()
    check = b"POST /api/v1/incoming-invoices/check-duplicate"

    with facing(bench, Mood(said(body), check)) as lane:
        assert lane.names() == FILES

    assert bench.kanbert.journal.count("getIncomingInvoice") == 0
    assert events(bench, "document.duplicate") == []


DUPLICATES = {
    "none": [],
    "one that nobody knows": ["nobody"],
    "paths": ["../../oauth/token", "a/b", "%2e%2e", "?x#y"],
    "one twice": ["nobody", "nobody"],
    "ten thousand": [f"id{number}" for number in range(10_000)],
}


def duplicates(*ids: str) -> Fault:
    body = json.dumps({"exists": True, "duplicates": [{"id": one} for one in ids]})
    return Fault(operation=CHECK, status=200, body=body)


@pytest.mark.parametrize("ids", DUPLICATES.values(), ids=DUPLICATES)
def test_a_content_that_is_known_by_ids_that_are_not_is_a_duplicate(
    bench: Bench, ids: list[str]
) -> None:
    bench.kanbert.faults.add(duplicates(*ids))

    filed = bench.carry(bench.claim())

    assert (filed.outcome, filed.invoice_id) == (Outcome.DUPLICATE, "")
    assert (bench.inbox / "done" / "invoice.pdf").is_file()
    asked = [entry.path for entry in bench.kanbert.journal.entries()][1:]
    assert len(asked) == min(len(ids), 20)
    assert all(path.startswith("/api/v1/incoming-invoices/") for path in asked)
    assert bench.kanbert.store.count() == 0


def test_a_content_that_is_known_by_an_invoice_of_somebody_else_s_is_a_duplicate(
    bench: Bench,
) -> None:
    bench.kanbert.faults.add(duplicates("theirs"))
    forbidden = json.dumps({"message": "This action is unauthorized."})
    bench.kanbert.faults.add(Fault(operation="getIncomingInvoice", status=403, body=forbidden))

    filed = bench.carry(bench.claim())

    assert (filed.outcome, filed.invoice_id) == (Outcome.DUPLICATE, "")


def test_our_own_invoice_is_found_among_duplicates_that_name_each_other(bench: Bench) -> None:
    bench.kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))
    unknown = bench.carry_until(OutcomeUnknown, bench.claim())
    (ours,) = bench.kanbert.store.invoices()
    bench.kanbert.faults.add(duplicates("nobody", "nobody", ours.id, ours.id))

    filed = bench.carry(unknown)

    assert (filed.outcome, filed.invoice_id) == (Outcome.DELIVERED, ours.id)
    assert bench.kanbert.store.count() == 1
