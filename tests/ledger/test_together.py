from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, NullPool, create_engine

from ingestd.errors import ContentUnderWay, LedgerUnusable, StaleState, StorageFailed
from ingestd.ledger.together import Change, Together
from ingestd.ledger.unwritten import LeftOver, Unwritten
from ingestd.model import State
from tests.daemon.carrying import until


class Commits:
    """A database's transactions, each as the changes that were committed in it."""

    def __init__(self) -> None:
        self.done: list[list[str]] = []
        self.lasting: list[bool] = []
        self.wrong: set[str] = set()
        """Documents that somebody else moved on."""
        self._engine = create_engine("sqlite://", poolclass=NullPool)
        self._changes: list[str] = []

    @contextmanager
    def transaction(self, lasting: bool) -> Iterator[Connection]:
        self._changes = []
        self.lasting.append(lasting)
        with self._engine.connect() as connection:
            yield connection
        self.done.append(self._changes)

    def change(self, name: str) -> Change:
        return lambda _connection: self._changes.append(name)

    def write(self, _: Connection, unwritten: Sequence[Unwritten]) -> None:
        for one in unwritten:
            self._changes.append(f"{one.id} is {one.state}")
            if one.id in self.wrong:
                raise StaleState("moved on")

    @property
    def all(self) -> list[str]:
        return [change for changes in self.done for change in changes]


class FailingCommits(Commits):
    """A disk that cannot store the second transaction; it would store the third."""

    @contextmanager
    def transaction(self, lasting: bool) -> Iterator[Connection]:
        with super().transaction(lasting) as connection:
            yield connection
            if len(self.done) == 1:
                self.done.append([])
                raise StorageFailed("it failed", hint="")


class FullCommits(Commits):
    """A disk without room."""

    is_full = True
    tried = 0

    @contextmanager
    def transaction(self, lasting: bool) -> Iterator[Connection]:
        if self.is_full:
            self.tried += 1
            raise LedgerUnusable("full")
        with super().transaction(lasting) as connection:
            yield connection


def new_together(commits: Commits, left_over: LeftOver | None = None) -> Together:
    return Together(commits.transaction, commits.write, left_over or LeftOver())


def claimed(name: str) -> Unwritten:
    return Unwritten(name, None, State.CLAIMED, {})


def moved(name: str, since: State, to: State) -> Unwritten:
    return Unwritten(name, since, to, {})


def fail(_connection: Connection) -> None:
    raise StaleState("moved on")


def while_one_commits(
    commits: Commits, first: str, others: Sequence[Change], *, lasting: str = ""
) -> list[Future[None]]:
    """Have the others ask for their changes while the first is being carried out.

    :param lasting: names of those that are to be written through.
    """
    together, asked = new_together(commits), list[Future[None]]()
    with ThreadPoolExecutor() as threads:

        def change(connection: Connection) -> None:
            commits.change(first)(connection)
            for name, other in zip(
                "bcd", others, strict=False
            ):  # one after the other, in this order
                last = name in lasting
                asked.append(threads.submit(together.carry_out, None, other, lasting=last))
                until(lambda: together.waiting == len(asked))

        together.carry_out(change=change, lasting=first in lasting)
    return asked


def test_changes_that_wait_while_one_is_committed_go_together() -> None:
    commits = Commits()
    others = [commits.change(name) for name in "bcd"]

    asked = while_one_commits(commits, "a", others)

    assert commits.done == [["a"], ["b", "c", "d"]]
    assert [one.exception() for one in asked] == [None, None, None]


def test_a_change_that_fails_is_no_other_s_trouble() -> None:
    commits = Commits()
    others = [commits.change("b"), fail, commits.change("d")]

    asked = while_one_commits(commits, "a", others)

    assert commits.done == [["a"], ["b"], ["d"]]
    assert [type(one.exception()) for one in asked] == [type(None), StaleState, type(None)]


def test_what_a_failing_disk_did_not_store_is_not_written_again() -> None:
    commits = FailingCommits()
    others = [commits.change("b"), commits.change("c")]

    asked = while_one_commits(commits, "a", others)

    assert commits.done == [["a"], []]
    assert [type(one.exception()) for one in asked] == [StorageFailed, StorageFailed]


def test_nothing_more_is_written_to_a_disk_that_failed(left_over: LeftOver) -> None:
    commits = FailingCommits()
    together = new_together(commits, left_over)
    together.carry_out(change=commits.change("a"))
    left_over.leave(claimed("d"))
    with pytest.raises(StorageFailed):
        together.carry_out(change=commits.change("b"))

    with pytest.raises(StorageFailed):
        together.carry_out(change=commits.change("c"))

    assert commits.done == [["a"], []]
    with pytest.raises(StorageFailed):
        left_over.leave(claimed("e"))


def test_one_change_that_is_to_last_has_all_last_that_go_with_it() -> None:
    commits = Commits()
    others = [commits.change("b"), commits.change("c")]

    while_one_commits(commits, "a", others, lasting="c")

    assert commits.lasting == [False, True]


def test_a_change_alone_raises_what_became_of_it() -> None:
    with pytest.raises(StaleState, match="moved on"):
        new_together(Commits()).carry_out(change=fail)


# ---- what was left over --------------------------------------------------------------------------


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def left_over() -> LeftOver:
    return LeftOver()


@pytest.fixture
def together(commits: Commits, left_over: LeftOver) -> Together:
    return new_together(commits, left_over)


def test_what_was_left_over_goes_with_the_next_change_before_it(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    for name in ("a", "b"):
        left_over.leave(claimed(name))

    together.carry_out(change=commits.change("c"))

    assert commits.done == [["a is claimed", "b is claimed", "c"]]
    assert left_over.is_written


def test_what_was_left_over_is_written_without_company_when_it_has_to_be(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    left_over.leave(claimed("a"))

    together.settle()
    together.settle()

    assert (commits.done, commits.lasting) == ([["a is claimed"]], [False])


def test_what_was_left_over_of_a_document_is_written_as_one_with_what_follows(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    left_over.leave(claimed("a"))
    left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))

    together.carry_out(moved("a", State.ACCEPTED, State.UPLOADING))

    assert commits.done == [["a is uploading"]]


def test_a_stale_copy_is_not_written_as_one_with_what_was_left_over(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    left_over.leave(claimed("a"))

    together.carry_out(moved("a", State.ACCEPTED, State.UPLOADING))

    assert commits.done == [["a is claimed", "a is uploading"]]


def test_what_fails_of_what_was_left_over_is_told_to_who_goes_on_with_the_document(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    left_over.leave(claimed("a"))
    left_over.leave(claimed("b"))
    commits.wrong = {"a"}

    together.carry_out(change=commits.change("c"))

    assert commits.done == [["b is claimed"], ["c"]]
    with pytest.raises(StaleState, match="moved on"):
        left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))
    assert left_over.leave(moved("b", State.CLAIMED, State.ACCEPTED))


@pytest.mark.parametrize("company", [True, False])
def test_while_the_ledger_cannot_be_written_it_stays_left_over_and_nothing_more_is(
    company: bool, left_over: LeftOver
) -> None:
    full = FullCommits()
    together = new_together(full, left_over)
    left_over.leave(claimed("a"))

    with pytest.raises(LedgerUnusable, match="full"):
        together.carry_out(change=full.change("c")) if company else together.settle()
    assert not left_over.leave(claimed("b"))

    full.is_full = False
    together.settle()
    assert full.all == ["a is claimed"]
    assert left_over.leave(claimed("b"))


def test_what_another_process_has_locked_is_waited_for_once_and_not_for_each_document(
    left_over: LeftOver,
) -> None:
    locked = FullCommits()
    together = new_together(locked, left_over)
    for name in ("a", "b", "c"):
        left_over.leave(claimed(name))

    with pytest.raises(LedgerUnusable):
        together.carry_out(moved("c", State.CLAIMED, State.UPLOADING))

    assert locked.tried == 1
    locked.is_full = False
    together.settle()
    assert locked.all == ["a is claimed", "b is claimed", "c is claimed"]


def test_what_is_refused_keeps_what_was_left_over_before_it(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    def refuse(_: Connection) -> None:
        raise ContentUnderWay("by another")

    left_over.leave(claimed("a"))

    with pytest.raises(ContentUnderWay):
        together.carry_out(moved("a", State.CLAIMED, State.ACCEPTED), refuse)
    together.settle()

    assert commits.all == ["a is claimed"]
    assert left_over.leave(claimed("b"))  # the ledger works


def test_what_happens_while_a_part_is_written_is_left_over_for_the_next_time(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    left_over.leave(claimed("a"))

    def happens(_: Connection) -> None:
        left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))

    together.carry_out(change=happens)
    together.settle()

    assert commits.done == [["a is claimed"], ["a is accepted"]]


def test_what_happens_while_a_part_is_written_is_what_is_known_of_the_document(
    left_over: LeftOver, together: Together
) -> None:
    left_over.leave(claimed("a"))

    def happens(_: Connection) -> None:
        left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))

    together.carry_out(change=happens)

    assert left_over.leave(moved("a", State.ACCEPTED, State.FAILED))


def test_whoever_has_to_have_it_written_waits_until_another_wrote_it(
    commits: Commits, left_over: LeftOver, together: Together
) -> None:
    asked: list[Future[None]] = []
    with ThreadPoolExecutor() as threads:

        def change(_: Connection) -> None:
            asked.append(threads.submit(together.settle))
            assert not left_over.is_written
            assert not asked[0].done()

        left_over.leave(claimed("a"))
        together.carry_out(change=change)

    assert asked[0].exception() is None
    assert len(commits.done) == 1


def test_what_is_put_back_comes_before_what_happened_since(left_over: LeftOver) -> None:
    left_over.leave(claimed("a"))
    taken = left_over.take()
    left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))

    left_over.put_back(taken["a"])

    assert left_over.take() == {"a": claimed("a").then(moved("a", State.CLAIMED, State.ACCEPTED))}


@pytest.mark.parametrize("to_be_written_first", ["nothing", "is being written", "was written"])
def test_nothing_depends_on_what_the_ledger_never_heard_of(
    left_over: LeftOver, to_be_written_first: str
) -> None:
    left_over.leave(claimed("a"))
    if to_be_written_first != "nothing":
        taken = left_over.take()
        left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))
    if to_be_written_first == "was written":
        left_over.written(list(taken.values()))
        left_over.all_taken_is_over()

    state = State.CLAIMED if to_be_written_first == "nothing" else State.ACCEPTED
    unheard_of = left_over.leave_unheard_of(moved("a", state, State.RELEASED))

    assert unheard_of is (to_be_written_first == "nothing")


def test_what_follows_on_what_is_lost_is_lost_with_it(left_over: LeftOver) -> None:
    left_over.leave(claimed("a"))
    taken = left_over.take()
    left_over.leave(moved("a", State.CLAIMED, State.ACCEPTED))

    left_over.lost(taken["a"], StaleState("moved on"))

    assert left_over.take() == {}


def test_nobody_is_told_of_a_document_that_has_ended(left_over: LeftOver) -> None:
    filed = moved("a", State.UPLOADED, State.FILED)

    left_over.lost(filed, StaleState("moved on"))

    left_over.make_sure_of(filed)


def test_what_a_failing_disk_did_not_store_is_not_left_over(left_over: LeftOver) -> None:
    commits = FailingCommits()
    together = new_together(commits, left_over)
    together.settle()
    together.carry_out(change=commits.change("a"))
    left_over.leave(claimed("b"))

    with pytest.raises(StorageFailed):
        together.settle()

    assert left_over.is_written
