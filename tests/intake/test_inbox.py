"""An inbox's thread, with a real folder and a consumer that only writes down what it is told."""

from __future__ import annotations

import errno
import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from ingestd.errors import InboxUnavailable, LedgerUnusable, StorageFailed
from ingestd.intake import (
    Arrivals,
    Candidate,
    Guard,
    Inbox,
    Intake,
    Marked,
    Patience,
    Rules,
    WallClock,
)
from ingestd.intake.marker import Remembered
from ingestd.intake.mounts import Mount, mount_behind
from ingestd.intake.standing import LONGEST_SILENCE
from ingestd.intake.watch import Hint
from tests.daemon.carrying import until
from tests.hardship import bound_by_rights, where_the_disk_answers
from tests.intake.documents import pdf
from tests.intake.hearing import PATIENTLY, emitter_of


class Consumer:
    """Writes down what an intake tells it."""

    def __init__(self) -> None:
        self.opened = self.closed = self.listings = 0
        self.ready: list[str] = []
        self.counted = (0, 0, 0)
        self.failed: StorageFailed | None = None
        self.at_offer: Callable[[], object] = lambda: None
        self.at_opening: Callable[[Callable[[], None]], object] = lambda _: None
        self._changed = threading.Condition()

    def inbox_opened(self, on_step: Callable[[], None]) -> None:
        self.at_opening(on_step)
        self._note(opened=self.opened + 1)

    def inbox_closed(self) -> None:
        self._note(closed=self.closed + 1)

    def storage_failed(self, error: StorageFailed) -> None:
        self._note(failed=error)

    def listing_begins(self) -> None:
        self._note(listings=self.listings + 1)

    def offer(
        self, ready: list[Candidate], pending: int, left: int, barred: int, lacking: list[str]
    ) -> None:
        self.at_offer()
        paths = [candidate.path for candidate in ready]
        self._note(ready=paths, counted=(pending, left, barred), lacking=lacking)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENTLY)

    def _note(self, **facts: object) -> None:
        with self._changed:
            for name, value in facts.items():
                setattr(self, name, value)
            self._changed.notify_all()


class Hinted(Arrivals):
    """Writes down which paths were hinted at."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str | None] = []

    def hinted(self, hint: Hint) -> None:
        self.paths.append(hint.path)
        super().hinted(hint)


class Serving:
    """An intake under way."""

    def __init__(
        self,
        root: Path,
        *,
        rescan: float = 0.2,
        clock: Callable[[], float] = time.monotonic,
        guard: type[Guard] = Guard,
        recursive: bool = False,
        wall: Callable[[], float] = time.time,
        filesystem: str = "",
        quiet: float = 0.05,
    ) -> None:
        self.root = root
        self.consumer = Consumer()
        self.arrivals = Hinted()
        self.output = io.StringIO()
        self.trouble: list[Exception] = []
        self.memory: Remembered | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.remembered: Callable[[Remembered], None] = lambda _: None
        log = structlog.wrap_logger(
            structlog.PrintLogger(self.output),
            processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(0),
        )
        marked = Marked(
            recall=self._recall,
            remember=self._remember,
            new_id=lambda: "an-id",
            now=lambda: datetime.now(UTC),
            log=log,
            mount_behind=lambda fd: (
                Mount(filesystem, "", "/", "/") if filesystem else mount_behind(fd)
            ),
        )
        inbox = Inbox(
            name="scanner",
            root=root,
            rules=Rules(recursive=recursive, skip=frozenset({root / "done"})),
            patience=Patience(quiet=quiet),
            watch="native",
            rescan=rescan,
            poll=0.05,
            order="name",
        )
        self.intake = Intake(
            inbox,
            guard(root, marked),
            self.consumer,
            self.arrivals,
            log=log,
            clock=clock,
            wall=WallClock(wall, clock),
        )
        self.thread = threading.Thread(target=self.intake.run)

    def _recall(self) -> Remembered | None:
        self.meanwhile()
        if self.trouble:
            raise self.trouble.pop()
        return self.memory

    def _remember(self, known: Remembered) -> None:
        self.memory = known
        self.remembered(known)

    def become_another_inbox(self) -> None:
        (self.root / ".ingestd/inbox.json").write_text('{"id": "another-id"}')

    def events(self, name: str) -> list[dict[str, str]]:
        lines = [json.loads(line) for line in self.output.getvalue().splitlines()]
        return [line for line in lines if line["event"] == name]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "scans"
    root.mkdir()
    return root


@contextmanager
def ended(serving: Serving) -> Iterator[Serving]:
    try:
        yield serving
    finally:
        serving.intake.stop()
        serving.thread.join(PATIENTLY)
        serving.intake.let_go()
    assert not serving.thread.is_alive()


@pytest.fixture
def serving(root: Path) -> Iterator[Serving]:
    with ended(Serving(root)) as serving:
        yield serving


def test_what_is_ready_is_offered_in_order(serving: Serving) -> None:
    for name in ("b.pdf", "a.pdf", "c.txt"):
        (serving.root / name).write_bytes(pdf())

    serving.thread.start()

    serving.consumer.wait_for(lambda: serving.consumer.ready == ["a.pdf", "b.pdf"])


def test_what_arrives_later_is_offered_too(serving: Serving) -> None:
    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.opened == 1)

    (serving.root / "a.pdf").write_bytes(pdf())

    serving.consumer.wait_for(lambda: serving.consumer.ready == ["a.pdf"])


AN_HOUR = 3600.0


def an_hour_later() -> float:
    return time.time() + AN_HOUR


def test_what_lay_still_before_the_start_is_offered_by_the_first_listing(root: Path) -> None:
    (root / "a.pdf").write_bytes(pdf())
    os.utime(root / "a.pdf", (0, 0))
    with ended(Serving(root, wall=an_hour_later, filesystem="ext4", quiet=AN_HOUR / 2)) as serving:
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.ready == ["a.pdf"])

    assert serving.consumer.counted == (0, 0, 0)


@pytest.mark.parametrize(
    ("wall", "filesystem"), [(time.time, "ext4"), (an_hour_later, "cifs")], ids=["fresh", "share"]
)
def test_what_is_fresh_by_its_stamps_or_stamped_by_a_server_settles(
    root: Path, wall: Callable[[], float], filesystem: str
) -> None:
    (root / "a.pdf").write_bytes(pdf())
    os.utime(root / "a.pdf", (0, 0))
    with ended(Serving(root, wall=wall, filesystem=filesystem, quiet=AN_HOUR / 2)) as serving:
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.counted == (1, 0, 0))

    assert serving.consumer.ready == []


def test_what_somebody_still_has_open_settles_however_old_its_stamps(root: Path) -> None:
    with (
        (root / "a.pdf").open("wb") as file,
        ended(Serving(root, wall=an_hour_later, filesystem="ext4", quiet=AN_HOUR / 2)) as serving,
    ):
        file.write(pdf())
        file.flush()
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.counted == (1, 0, 0))

    assert serving.consumer.ready == []


def test_a_share_s_files_wait_for_no_writer_that_this_kernel_only_supposes(root: Path) -> None:
    with (
        (root / "a.pdf").open("wb") as file,
        ended(Serving(root, filesystem="nfs4", quiet=0.0)) as serving,
    ):
        file.write(pdf())
        file.flush()
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.ready == ["a.pdf"])


def test_nothing_lay_still_by_a_clock_that_was_set_meanwhile(root: Path) -> None:
    (root / "a.pdf").write_bytes(pdf())
    at_the_start = [time.time()]

    def wall() -> float:
        return at_the_start.pop() if at_the_start else an_hour_later()

    with ended(Serving(root, wall=wall, filesystem="ext4", quiet=AN_HOUR / 2)) as serving:
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.counted == (1, 0, 0))

    assert serving.consumer.ready == []


def test_a_folder_that_goes_and_comes_back_is_named_once_and_served_again(
    serving: Serving,
) -> None:
    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.opened == 1)

    serving.root.rename(serving.root.with_name("away"))
    serving.consumer.wait_for(lambda: serving.consumer.closed >= 3)
    serving.root.with_name("away").rename(serving.root)
    serving.consumer.wait_for(lambda: serving.consumer.opened == 2)

    until(lambda: len(serving.events("inbox.back")) == 1)
    assert len(serving.events("inbox.unavailable")) == 1


@pytest.mark.parametrize(
    "trouble", [InboxUnavailable("no"), LedgerUnusable("no"), OSError(5, "no"), ValueError("a bug")]
)
def test_no_trouble_ends_the_thread(serving: Serving, trouble: Exception) -> None:
    serving.trouble.append(trouble)

    serving.thread.start()

    serving.consumer.wait_for(lambda: serving.consumer.opened == 1)
    assert len(serving.events("inbox.unavailable")) == 1


def test_a_disk_that_fails_is_passed_on(serving: Serving) -> None:
    serving.trouble.append(StorageFailed("no"))

    serving.thread.start()

    serving.consumer.wait_for(lambda: serving.consumer.failed is not None)


def test_what_is_no_file_is_named_once(serving: Serving) -> None:
    (serving.root / "a.pdf").symlink_to("/etc/hostname")

    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.opened == 1)
    (serving.root / "b.pdf").write_bytes(pdf())
    serving.consumer.wait_for(lambda: serving.consumer.ready == ["b.pdf"])

    (named,) = serving.events("document.deferred")
    assert named["path"] == "a.pdf"
    assert "symbolic link" in named["reason"]
    assert [one.path for one in serving.intake.left_alone] == ["a.pdf"]


def test_each_rescan_makes_sure_that_it_is_still_the_inbox(serving: Serving) -> None:
    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.opened == 1)

    serving.become_another_inbox()

    serving.consumer.wait_for(lambda: serving.consumer.closed >= 1)


def test_each_rescan_makes_sure_that_it_is_still_heard_of(root: Path, serving: Serving) -> None:
    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.opened == 1)

    emitter_of(root).stop()

    until(
        lambda: any("stopped" in one.get("reason", "") for one in serving.events("inbox.watching"))
    )


def test_a_hint_that_anything_may_have_happened_is_as_good_as_a_rescan(root: Path) -> None:
    looked = threading.Event()
    with ended(Serving(root, rescan=3600, clock=Hand())) as serving:
        serving.consumer.at_offer = looked.set
        serving.thread.start()
        assert looked.wait(PATIENTLY)
        serving.become_another_inbox()

        serving.arrivals.hinted(Hint(None))
        serving.arrivals.wake.set()

        serving.consumer.wait_for(lambda: serving.consumer.closed >= 1)


def test_what_is_put_away_is_no_reason_to_list(root: Path) -> None:
    looked = threading.Event()
    (root / "done").mkdir()
    with ended(Serving(root, rescan=3600, clock=Hand(), recursive=True)) as serving:
        serving.consumer.at_offer = looked.set
        serving.thread.start()
        assert looked.wait(PATIENTLY)

        (root / "done/invoice.pdf").write_bytes(pdf())
        (root / "last.pdf").write_bytes(pdf())

        serving.consumer.wait_for(lambda: serving.consumer.counted == (1, 0, 0))
        assert set(serving.arrivals.paths) == {"last.pdf"}


class Slow:
    """A clock by which every listing takes an hour."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        self.time += 3600.0
        return self.time


def test_hints_do_not_make_it_list_a_large_inbox_all_the_time(root: Path) -> None:
    with ended(Serving(root, rescan=1e9, clock=Slow())) as serving:
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.opened == serving.consumer.listings == 1)

        for _ in range(50):
            serving.arrivals.wake.set()
            threading.Event().wait(0.002)

        assert serving.consumer.listings == 1


def test_an_inbox_in_which_nothing_arrives_wakes_up_once_for_each_listing(root: Path) -> None:
    clock = Hand()
    serving, wake = Serving(root, rescan=10_000, clock=clock), Skipping(clock)
    serving.arrivals.wake = wake

    def take_long_and_end_the_third_time() -> None:
        clock.time += 100.0
        if serving.consumer.listings == 3:
            serving.intake.stop()

    serving.consumer.at_offer = take_long_and_end_the_third_time
    with ended(serving):
        serving.thread.start()
        serving.thread.join(PATIENTLY)  # in vain, if it waited for anything else as well

    assert wake.waits == [9_900.0, 9_900.0, 9_900.0]


class Hand:
    """A clock that is set by hand, or goes on by so much whenever it is asked."""

    def __init__(self, step: float = 0.0) -> None:
        self.time, self.step = 1000.0, step

    def __call__(self) -> float:
        self.time += self.step
        return self.time


class Skipping(threading.Event):
    """Sets the clock on instead of waiting, and keeps by how much."""

    def __init__(self, clock: Hand) -> None:
        super().__init__()
        self.clock = clock
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        self.clock.time += self.waits[-1]
        return self.is_set()


def test_a_folder_that_hangs_at_a_rescan_is_named_and_back_when_it_wakes_up(root: Path) -> None:
    clock, asked, go_on = Hand(), threading.Event(), threading.Event()

    def hang() -> None:
        asked.set()
        assert go_on.wait(PATIENTLY)

    with ended(Serving(root, rescan=3600, clock=clock)) as serving:
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.listings == 1)
        serving.meanwhile = hang
        serving.arrivals.hinted(Hint(None))
        serving.arrivals.wake.set()
        assert asked.wait(PATIENTLY)

        clock.time += LONGEST_SILENCE + 1
        serving.intake.say_if_it_hangs()
        go_on.set()
        serving.consumer.wait_for(lambda: serving.consumer.listings == 2)
        until(lambda: len(serving.events("inbox.back")) == 1)

    assert "does not answer" in serving.events("inbox.unavailable")[0]["error"]


def test_a_folder_that_has_nothing_to_do_does_not_hang(root: Path) -> None:
    clock, looked = Hand(), threading.Event()
    with ended(Serving(root, rescan=1e9, clock=clock)) as serving:
        serving.consumer.at_offer = looked.set
        serving.thread.start()
        assert looked.wait(PATIENTLY)

        clock.time += LONGEST_SILENCE + 1

        until(lambda: not serving.intake.hangs)


def test_every_file_that_is_listed_or_looked_into_is_a_sign_of_life(root: Path) -> None:
    many = int(LONGEST_SILENCE) * 3
    for number in range(many):
        (root / f"{number}.pdf").write_bytes(pdf())
    clock, hung, times = Hand(step=1.0), list[bool](), list[float]()
    serving = Serving(root, rescan=0.05, clock=clock)

    def look_at_the_clock() -> None:
        hung.append(serving.intake.hangs)
        times.append(clock.time)

    serving.consumer.at_offer = look_at_the_clock
    with ended(serving):
        serving.thread.start()
        serving.consumer.wait_for(lambda: len(serving.consumer.ready) == many)

    assert times[0] > 1000.0 + many
    assert not any(hung)


def test_every_folder_that_begins_to_be_watched_is_a_sign_of_life(root: Path) -> None:
    many = int(LONGEST_SILENCE) * 3
    for number in range(many):
        (root / str(number)).mkdir()
    clock, opened = Hand(step=1.0), list[tuple[float, bool]]()
    serving = Serving(root, rescan=3600, clock=clock, recursive=True)
    serving.consumer.at_opening = lambda _: opened.append((clock.time, serving.intake.hangs))
    with ended(serving):
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.opened == 1)

    ((time_then, hung),) = opened
    assert time_then > 1000.0 + many
    assert not hung


def test_recovering_many_documents_is_no_hanging_as_long_as_it_gets_on(root: Path) -> None:
    clock, hung = Hand(), list[bool]()
    serving = Serving(root, rescan=3600, clock=clock)

    def recover(on_step: Callable[[], None]) -> None:
        for _ in range(3):
            clock.time += LONGEST_SILENCE - 1
            hung.append(serving.intake.hangs)
            on_step()

    serving.consumer.at_opening = recover
    with ended(serving):
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.opened == 1)

    assert hung == [False] * 3


def test_what_may_not_be_read_is_named_once_and_taken_when_it_may(serving: Serving) -> None:
    private = serving.root / "a.pdf"
    private.write_bytes(pdf())
    private.chmod(0)
    serving.thread = threading.Thread(target=lambda: bound_by_rights(serving.intake.run))

    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.counted[2] == 1)
    (serving.root / "b.pdf").write_bytes(pdf())
    serving.consumer.wait_for(lambda: serving.consumer.ready == ["b.pdf"])  # another listing
    named = serving.events("document.deferred")
    private.chmod(0o600)
    serving.consumer.wait_for(lambda: "a.pdf" in serving.consumer.ready)

    assert [line["path"] for line in named] == ["a.pdf"]
    assert "Permission denied" in named[0]["reason"]


def test_a_file_whose_bytes_cannot_be_read_is_named_once_and_closes_no_inbox(
    serving: Serving,
) -> None:
    (serving.root / "a.pdf").write_bytes(pdf())
    (serving.root / "b.pdf").touch()  # nothing has to be read of it
    serving.thread = threading.Thread(
        target=lambda: where_the_disk_answers(errno.EIO, ["pread64"], serving.intake.run)
    )

    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.counted[2] == 1)
    listings = serving.consumer.listings
    serving.consumer.wait_for(lambda: serving.consumer.listings >= listings + 3)

    (named,) = serving.events("document.deferred")
    assert "Input/output error" in named["reason"]
    assert serving.consumer.closed == 0


class GoneOnceListed(Guard):
    """Its folder is there when it is listed for the second time, and then no more."""

    asked = 0

    def confirm_if_replaced(self) -> None:
        self.asked += 1
        if self.asked > len(["opened", "listed", "listed again"]):
            raise InboxUnavailable("gone")


def test_files_that_went_with_their_share_are_not_named_one_by_one(root: Path) -> None:
    private = root / "a.pdf"
    private.write_bytes(pdf())
    private.chmod(0)
    with ended(Serving(root, guard=GoneOnceListed)) as serving:
        serving.thread = threading.Thread(target=lambda: bound_by_rights(serving.intake.run))
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.closed >= 1)

    assert serving.events("document.deferred") == []


def test_a_folder_that_opens_and_cannot_be_listed_is_not_back(serving: Serving) -> None:
    def fail() -> None:
        raise OSError(5, "no")

    serving.consumer.at_offer = fail
    serving.thread.start()
    serving.consumer.wait_for(lambda: serving.consumer.closed >= 3)

    assert len(serving.events("inbox.unavailable")) == 1
    assert serving.events("inbox.back") == []


def another_share_is_mounted_over(serving: Serving) -> None:
    other = serving.root.with_name("other")
    (other / ".ingestd/work").mkdir(parents=True)
    (other / ".ingestd/inbox.json").write_text('{"id": "another-id"}')
    (other / "theirs.pdf").write_bytes(pdf())
    serving.root.rename(serving.root.with_name("away"))
    other.rename(serving.root)


def test_nothing_is_offered_of_another_share_though_no_rescan_is_due(root: Path) -> None:
    offered: list[list[str]] = []
    with ended(Serving(root, rescan=3600, clock=Hand())) as serving:
        serving.consumer.at_offer = lambda: offered.append(serving.consumer.ready)
        serving.thread.start()
        serving.consumer.wait_for(lambda: bool(offered))
        another_share_is_mounted_over(serving)

        serving.arrivals.wake.set()
        serving.consumer.wait_for(lambda: serving.consumer.closed >= 1)

    assert serving.consumer.ready == []
    assert not any(offered)


def test_nothing_is_recovered_from_another_share(root: Path) -> None:
    serving = Serving(root, rescan=3600)

    def swap_once_confirmed(_: Remembered) -> None:
        another_share_is_mounted_over(serving)

    serving.remembered = swap_once_confirmed
    with ended(serving):
        serving.thread.start()
        serving.consumer.wait_for(lambda: serving.consumer.closed >= 1)

    assert serving.consumer.opened == 0
