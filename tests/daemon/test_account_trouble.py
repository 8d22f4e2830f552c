"""What is wrong with an account moves no document, is said once, and is over when it is mended."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.kanbert import BearerToken, Kanbert, RetryPolicy
from ingestd.model import State
from ingestd.sandbox import Fault
from tests.daemon.carrying import Carrying, complaints, events
from tests.kanbert import certificates
from tests.kanbert.servers import answer, answering, passing_on, serving
from tests.workbench import CHECK, CREATE, Bench

FILES = ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"]
HTML = {"Content-Type": "text/html"}
LOGIN = "<!doctype html><title>Log in</title>"


def errors(bench: Bench) -> list[str]:
    """What the log says that a person has to see to."""
    assert complaints(bench) == []
    lines = [line for name in set(bench.events()) for line in events(bench, name)]
    return [line["event"] for line in lines if line["level"] == "error"]


def in_trouble(bench: Bench, prober: Kanbert | None = None) -> Carrying:
    """Five files dropped, the account paused, and five minutes gone by."""
    lane = Carrying(bench, relisting=True, prober=prober)
    lane.drop(*FILES)
    lane.start()
    lane.wait_for(lambda: lane.account.pause is not None)
    lane.settle()
    lane.pass_time(300)
    return lane


def mended(lane: Carrying) -> None:
    """Let time pass until all is delivered."""
    lane.pass_time_until(lambda: len(lane.filed) == len(FILES))
    assert sorted(document.name for document in lane.filed) == FILES
    assert lane.bench.kanbert.store.count() == len(FILES)
    assert len(events(lane.bench, "account.resumed")) == 1
    lane.end()


TROUBLE = {
    **{str(status): Fault(status=status, times=None) for status in (401, 402, 403, 404, 405, 511)},
    "403 to creates": Fault(status=403, operation=CREATE, times=None),
    "404 to creates": Fault(status=404, operation=CREATE, times=None),
    "405 to creates": Fault(status=405, operation=CREATE, times=None),
    "403 to checks": Fault(status=403, operation=CHECK, times=None),
    "404 to checks": Fault(status=404, operation=CHECK, times=None),
    "400 to checks": Fault(status=400, operation=CHECK, times=None),
    "422 to checks": Fault(status=422, operation=CHECK, times=None),
    "a page": Fault(status=200, headers=HTML, body=LOGIN, times=None),
    "a page to checks": Fault(status=200, headers=HTML, body=LOGIN, operation=CHECK, times=None),
    "a page with 403": Fault(status=403, headers=HTML, body=LOGIN, times=None),
    "a page with 422": Fault(status=422, headers=HTML, body=LOGIN, operation=CREATE, times=None),
}


@pytest.mark.parametrize("fault", TROUBLE.values(), ids=TROUBLE)
def test_trouble_leaves_all_files_in_the_inbox_is_said_once_and_ends_by_itself(
    bench: Bench, fault: Fault
) -> None:
    bench.kanbert.faults.add(fault)

    lane = in_trouble(bench)

    assert lane.names() == FILES
    assert list(bench.stages.workplace.claimed()) == []
    assert not (bench.inbox / "failed").exists()
    assert errors(bench) == ["account.paused"]
    assert events(bench, "account.resumed") == []
    bench.kanbert.faults.clear()
    mended(lane)


def test_a_login_page_in_a_create_s_place_keeps_in_work_only_what_was_sent(bench: Bench) -> None:
    fault = Fault(status=200, headers=HTML, body=LOGIN, operation=CREATE, times=None)
    bench.kanbert.faults.add(fault)

    lane = in_trouble(bench)

    claimed = [name for _, name in bench.stages.workplace.claimed()]
    assert sorted([*lane.names(), *claimed]) == FILES
    assert not (bench.inbox / "failed").exists()
    assert errors(bench) == ["account.paused"]
    assert "login page" in events(bench, "account.paused")[0]["hint"]
    for document in bench.ledger.under_way("scanner"):
        assert document.state is State.UNKNOWN
    bench.kanbert.faults.clear()
    mended(lane)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_who_is_redirected_to_never_hears_of_us(bench: Bench, status: int) -> None:
    with serving(answering(answer(200, b'{"data": []}'))) as target:
        to = {"Location": f"http://{target.address}/api/v1/incoming-invoices"}
        bench.kanbert.faults.add(Fault(status=status, headers=to, times=None))

        lane = in_trouble(bench)

        assert lane.names() == FILES
        assert errors(bench) == ["account.paused"]
        assert "base_url" in events(bench, "account.paused")[0]["hint"]
        bench.kanbert.faults.clear()
        mended(lane)
    assert target.connections == 0


Certified = tuple[Path, ssl.SSLContext]


@contextmanager
def behind_tls(bench: Bench, tls: ssl.SSLContext, bundle: Path) -> Iterator[tuple[Bench, Kanbert]]:
    """The bench's Kanbert behind TLS: a bench that delivers through it, and a prober."""
    port = int(bench.kanbert.base_url.split(":")[2].split("/")[0])
    with serving(passing_on(port), tls) as server:
        base_url = f"https://{server.address}/api/v1"
        delivering, probing = (
            Kanbert(
                base_url,
                BearerToken(bench.kanbert.token),
                retry=RetryPolicy(attempts=1),
                ca_bundle=bundle,
            )
            for _ in range(2)
        )
        with delivering, probing:
            yield replace(bench, stages=replace(bench.stages, kanbert=delivering)), probing


def bad(folder: Path, how: str) -> Certified:
    match how:
        case "expired":
            return certificates.make(folder, "127.0.0.1", days=-1)
        case "another's":
            return certificates.make(folder, "elsewhere.example")
    return certificates.make(folder, "127.0.0.1")


@pytest.mark.parametrize("how", ["expired", "another's", "self-signed"])
def test_a_certificate_that_is_not_accepted_is_trouble_until_it_is_renewed(
    bench: Bench, tmp_path: Path, how: str
) -> None:
    good, _ = certificates.make(tmp_path / "good", "127.0.0.1")
    pem, tls = bad(tmp_path / "bad", how)
    trusted = [good] if how == "self-signed" else [good, pem]  # so that only one thing is wrong
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("".join(path.read_text() for path in trusted))

    with behind_tls(bench, tls, bundle) as (secure, prober):
        lane = in_trouble(secure, prober)

        assert lane.names() == FILES
        assert not (bench.inbox / "failed").exists()
        assert errors(bench) == ["account.paused"]
        assert "certificate" in events(bench, "account.paused")[0]["error"]
        assert bench.kanbert.journal.count() == 0
        tls.load_cert_chain(good, good.with_suffix(".key"))
        mended(lane)
