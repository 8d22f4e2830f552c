"""A local Kanbert, and an inbox to deliver from."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.sandbox import ALL_SCOPES, Faults, Journal, Server, Store, create_app
from tests.workbench import TOKEN, Bench, LocalKanbert, make_bench, new_client


def pytest_configure() -> None:
    """Let the commands that tests start hear of Ctrl-C.

    A shell has what it starts in the background ignore SIGINT, and so would all that is started
    from there.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def local_kanbert() -> Iterator[LocalKanbert]:
    store, faults, journal = Store(":memory:"), Faults(), Journal()
    app = create_app(store, tokens={TOKEN: ALL_SCOPES}, faults=faults, journal=journal)
    with Server(app) as server:
        yield LocalKanbert(server.base_url, store, faults, journal)
    store.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    return folder


@pytest.fixture
def bench(inbox: Path, tmp_path: Path, local_kanbert: LocalKanbert) -> Iterator[Bench]:
    with new_client(local_kanbert) as client:
        bench = make_bench(inbox, tmp_path / "state", local_kanbert, client)
        yield bench
        bench.ledger.close()
