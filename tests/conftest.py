"""A local Kanbert, and an inbox to deliver from."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ingestd.sandbox import ALL_SCOPES, Faults, Journal, Server, Store, create_app
from tests.places import Place, in_a_file, on_server
from tests.workbench import TOKEN, Bench, LocalKanbert, make_bench, new_client


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        metavar="URL",
        help="run what is about no file with ledgers in this PostgreSQL database, and only that",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("postgres"):
        return
    there = [item for item in items if _needs_only_a_ledger(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in there])
    items[:] = there


def _needs_only_a_ledger(item: pytest.Item) -> bool:
    """Whether it is about one, wherever that is kept."""
    asked_for = getattr(item, "fixturenames", ())
    return "new_place" in asked_for and not item.get_closest_marker("in_a_file")


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
def new_place(pytestconfig: pytest.Config) -> Place:
    server = pytestconfig.getoption("postgres")
    return partial(on_server, server) if server else in_a_file


@pytest.fixture
def ledger_url(new_place: Place) -> Iterator[str]:
    """A `url` for one ledger, however often it is opened."""
    with new_place() as url:
        yield url


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    return folder


@pytest.fixture
def bench(
    inbox: Path, tmp_path: Path, local_kanbert: LocalKanbert, ledger_url: str
) -> Iterator[Bench]:
    with new_client(local_kanbert) as client:
        bench = make_bench(inbox, tmp_path / "state", local_kanbert, client, ledger_url)
        yield bench
        bench.ledger.close()
