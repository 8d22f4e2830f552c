"""An inbox's thread, with a real folder and a desk that only writes down what it is told."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from ingestd.errors import InboxUnavailable, LedgerUnusable, StorageFailed
from ingestd.intake import Arrivals, Candidate, Guard, Inbox, Intake, Patience, Rules
from ingestd.intake.marker import Remembered
from tests.intake.documents import pdf
from tests.intake.hearing import PATIENTLY


class Desk:
    """Writes down what an intake tells it."""

    def __init__(self) -> None:
        self.opened = self.closed = 0
        self.ready: list[str] = []
        self.counted = (0, 0, 0)
        self.failed: StorageFailed | None = None
        self._changed = threading.Condition()

    def inbox_opened(self) -> None:
        self._note(opened=self.opened + 1)

    def inbox_closed(self) -> None:
        self._note(closed=self.closed + 1)

    def storage_failed(self, error: StorageFailed) -> None:
        self._note(failed=error)

    def listing(self) -> None:
        pass

    def offer(self, ready: list[Candidate], pending: int, left: int, barred: int) -> None:
        self._note(ready=[candidate.path for candidate in ready], counted=(pending, left, barred))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENTLY)

    def _note(self, **facts: object) -> None:
        with self._changed:
            for name, value in facts.items():
                setattr(self, name, value)
            self._changed.notify_all()


class Serving:
    """An intake under way."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.desk = Desk()
        self.output = io.StringIO()
        self.trouble: list[Exception] = []
        log = structlog.wrap_logger(
            structlog.PrintLogger(self.output),
            processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(0),
        )
        guard = Guard(
            root,
            recall=self._recall,
            remember=lambda _: None,
            new_id=lambda: "an-id",
            now=lambda: datetime.now(UTC),
            log=log,
        )
        inbox = Inbox(
            name="scanner",
            root=root,
            rules=Rules(),
            patience=Patience(quiet=0.05),
            watch="native",
            rescan=0.2,
            poll=0.05,
            order="name",
        )
        self.intake = Intake(inbox, guard, self.desk, Arrivals(), log=log, clock=time.monotonic)
        self.thread = threading.Thread(target=self.intake.run)

    def _recall(self) -> Remembered | None:
        if self.trouble:
            raise self.trouble.pop()
        return None

    def events(self, name: str) -> list[dict[str, str]]:
        lines = [json.loads(line) for line in self.output.getvalue().splitlines()]
        return [line for line in lines if line["event"] == name]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    (tmp_path / "scans").mkdir()
    serving = Serving(tmp_path / "scans")
    yield serving
    serving.intake.stop()
    serving.thread.join(PATIENTLY)
    assert not serving.thread.is_alive()
    serving.intake.let_go()


def test_what_is_ready_is_offered_in_order(serving: Serving) -> None:
    for name in ("b.pdf", "a.pdf", "c.txt"):
        (serving.root / name).write_bytes(pdf())

    serving.thread.start()

    serving.desk.wait_for(lambda: serving.desk.ready == ["a.pdf", "b.pdf"])


def test_what_arrives_later_is_offered_too(serving: Serving) -> None:
    serving.thread.start()
    serving.desk.wait_for(lambda: serving.desk.opened == 1)

    (serving.root / "a.pdf").write_bytes(pdf())

    serving.desk.wait_for(lambda: serving.desk.ready == ["a.pdf"])


def test_a_folder_that_goes_and_comes_back_is_named_once_and_served_again(
    serving: Serving,
) -> None:
    serving.thread.start()
    serving.desk.wait_for(lambda: serving.desk.opened == 1)

    serving.root.rename(serving.root.with_name("away"))
    serving.desk.wait_for(lambda: serving.desk.closed >= 3)
    serving.root.with_name("away").rename(serving.root)
    serving.desk.wait_for(lambda: serving.desk.opened == 2)

    assert len(serving.events("inbox.unavailable")) == 1
    assert len(serving.events("inbox.back")) == 1


@pytest.mark.parametrize(
    "trouble", [InboxUnavailable("no"), LedgerUnusable("no"), OSError(5, "no"), ValueError("a bug")]
)
def test_no_trouble_ends_the_thread(serving: Serving, trouble: Exception) -> None:
    serving.trouble.append(trouble)

    serving.thread.start()

    serving.desk.wait_for(lambda: serving.desk.opened == 1)
    assert len(serving.events("inbox.unavailable")) == 1


def test_a_disk_that_fails_is_passed_on(serving: Serving) -> None:
    serving.trouble.append(StorageFailed("no"))

    serving.thread.start()

    serving.desk.wait_for(lambda: serving.desk.failed is not None)


def test_what_is_no_file_is_named_once(serving: Serving) -> None:
    (serving.root / "a.pdf").symlink_to("/etc/hostname")

    serving.thread.start()
    serving.desk.wait_for(lambda: serving.desk.opened == 1)
    (serving.root / "b.pdf").write_bytes(pdf())
    serving.desk.wait_for(lambda: serving.desk.ready == ["b.pdf"])

    (named,) = serving.events("document.deferred")
    assert named["path"] == "a.pdf"
    assert "symbolic link" in named["reason"]
