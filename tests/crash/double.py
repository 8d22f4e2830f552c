"""A double of the daemon's process: the real one, in copies that can be ended at any operation."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ingestd.sandbox import ALL_SCOPES, Faults, Journal, Server, Store, create_app
from tests.acceptance.running import Site
from tests.crash.watching import Point
from tests.workbench import TOKEN, LocalKanbert

Refusal = tuple[Iterable[str], int]
"""System calls, and the error they are answered with."""

KILLED = -9


@dataclass(frozen=True)
class Lived:
    """How a process ended, and what it did."""

    status: int
    """Its exit code; the number of a signal, negative, that ended it."""
    ending: str = ""
    operations: dict[str, list[str]] = field(default_factory=dict)
    """By the thread's name."""


class Double:
    """Runs copies of a process that has imported everything already, one at a time."""

    def __init__(self, kanbert: LocalKanbert) -> None:
        self.kanbert = kanbert
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def site(self, folder: Path, **options: str) -> Site:
        """Make an inbox with settings under which little time passes."""
        folder.mkdir(parents=True)
        return Site(
            folder,
            self.kanbert.base_url,
            self.kanbert.token,
            options={"settle": '"10ms"', "watch": '"poll"', **options},
            account={"concurrency": "1", "timeout": '"500ms"'},
        )

    def live(
        self,
        site: Site,
        point: Point | None = None,
        act: str | Refusal = "SIGKILL",
        never: Iterable[Refusal] = (),
        wall_is_off_by: float = 0.0,
    ) -> Lived:
        """Run the daemon on a site until it has nothing more to do.

        :param point: where `act` befalls it: a signal, or system calls that fail from then on.
        :param never: system calls that its kernel does not have.
        :param wall_is_off_by: seconds that its wall clock is ahead of the real one.
        """
        order = {
            "settings": str(site.write_settings()),
            "log": str(site.folder / "log"),
            "point": asdict(point) if point else None,
            "act": act,
            "never": list(never),
            "wall_is_off_by": wall_is_off_by,
        }
        return Lived(**self._ask(order))

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process that copies are made of."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


@contextmanager
def double() -> Iterator[Double]:
    """Make a double, and a Kanbert of its own."""
    store, faults, journal = Store(":memory:"), Faults(), Journal()
    app = create_app(store, tokens={TOKEN: ALL_SCOPES}, faults=faults, journal=journal)
    with Server(app) as server:
        it = Double(LocalKanbert(server.base_url, store, faults, journal))
        yield it
        it.close()
    store.close()
