from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import ingestd.admin
import ingestd.daemon
import ingestd.describe
import ingestd.intake
import ingestd.kanbert
import ingestd.observe
import ingestd.observe.notify
import ingestd.web
from ingestd.lazily import without
from tests.cli.running import ALONE

_NOTIFYING = "ingestd.observe.notify.courier"


@pytest.mark.parametrize(
    "package",
    [
        ingestd.admin,
        ingestd.daemon,
        ingestd.describe,
        ingestd.intake,
        ingestd.kanbert,
        ingestd.observe,
        ingestd.web,
        ingestd.observe.notify,
    ],
)
def test_every_name_that_a_room_hands_out_is_there(package: object) -> None:
    names = package.__all__  # type: ignore[attr-defined]  # a module's

    assert [name for name in names if not hasattr(package, name)] == []


def test_a_name_that_is_not_there_is_missing_as_anywhere() -> None:
    with pytest.raises(AttributeError, match=r"'ingestd\.intake' has no attribute 'Outbox'"):
        ingestd.intake.Outbox  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    ("imported", "heavy"),
    [
        ("ingestd.config", {"httpx", "rich", "sqlalchemy", "watchdog", "authlib"}),
        ("ingestd.admin.overview", {"httpx", "rich", "structlog", "watchdog", "authlib"}),
        ("ingestd.daemon.wiring", {"prometheus_client", "starlette", "uvicorn", _NOTIFYING}),
    ],
)
def test_what_is_not_needed_is_not_imported(imported: str, heavy: set[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"import {imported}, sys; print(*sys.modules)"],
        env=ALONE,
        capture_output=True,
        text=True,
        check=True,
    )

    assert heavy & set(told.stdout.split()) == set()


@pytest.mark.parametrize("command", ["once", "run"])
def test_what_carries_documents_imports_nothing_for_a_terminal_or_for_who_is_notified(
    command: str,
) -> None:
    program = (
        "import sys\n"
        "from ingestd.cli import main\n"
        "try:\n"
        f"    main(['--config', 'is-not-there.toml', '{command}'])\n"
        "finally:\n"
        "    print(*sys.modules)\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], env=ALONE, capture_output=True, text=True, check=False
    )

    imported = set(told.stdout.split())
    assert "httpx" in imported
    assert {"rich", "pygments", _NOTIFYING} & imported == set()


@pytest.mark.parametrize(
    "package",
    [
        "ingestd.admin",
        "ingestd.daemon",
        "ingestd.intake",
        "ingestd.kanbert",
        "ingestd.observe",
        "ingestd.observe.notify",
        "ingestd.web",
    ],
)
def test_no_name_is_that_of_a_module_too_which_would_hide_it(package: str) -> None:
    room = importlib.import_module(package)
    modules = {found.name for found in pkgutil.iter_modules(room.__path__)}

    assert modules & set(room.__all__) == set()


def test_what_is_imported_for_good_is_nothing_that_the_garbage_collector_looks_through() -> None:
    program = (
        "import gc\n"
        "from ingestd.lazily import for_good\n"
        "with for_good():\n"
        "    was_on = gc.isenabled()\n"
        "    import decimal\n"
        "print(was_on, gc.isenabled(), any(one is decimal.__dict__ for one in gc.get_objects()))\n"
    )

    command = [sys.executable, "-c", program]
    said = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["False", "True", "False"]


def test_a_library_that_is_not_needed_is_not_taken_along_and_can_be_imported_afterwards() -> None:
    program = (
        "import sys\n"
        "from ingestd.lazily import without\n"
        "with without('rich'):\n"
        "    import httpx, structlog\n"
        "taken = 'rich.console' in sys.modules\n"
        "import rich.console\n"
        "print(taken, 'rich.console' in sys.modules)\n"
    )

    command = [sys.executable, "-c", program]
    said = subprocess.run(command, env=ALONE, capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["False", "True"]


def test_a_library_that_is_there_already_stays_so() -> None:
    with without("importlib"):
        pass

    assert sys.modules["importlib"] is importlib
