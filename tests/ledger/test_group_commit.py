from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, NullPool, create_engine

from ingestd.errors import ContentUnderWay, LedgerUnusable, StaleState, StorageFailed
from ingestd.ledger.group_commit import Also, GroupCommit
from ingestd.ledger.pending import Change, Pending
from ingestd.model import State
from tests.daemon.carrying import until


class Commits:
    """A database's transactions, each as the changes that were committed in it."""

    def __init__(self) -> None:
        self.done: list[list[str]] = []
        self.durable: list[bool] = []
        self.wrong: set[str] = set()
        """Documents that somebody else moved on."""
        self._engine = create_engine("sqlite://", poolclass=NullPool)
        self._changes: list[str] = []

    @contextmanager
    def transaction(self, durable: bool) -> Iterator[Connection]:
        self._changes = []
        self.durable.append(durable)
        with self._engine.connect() as connection:
            yield connection
        self.done.append(self._changes)

    def change(self, name: str) -> Also:
        return lambda _connection: self._changes.append(name)

    def write(self, _: Connection, changes: Sequence[Change]) -> None:
        for one in changes:
            self._changes.append(f"{one.id} is {one.state}")
            if one.id in self.wrong:
                raise StaleState("moved on")

    @property
    def all(self) -> list[str]:
        return [change for changes in self.done for change in changes]


class FailingCommits(Commits):
    """A disk that stores so many transactions and not the next; it would store the one after."""

    def __init__(self, stores: int = 1) -> None:
        super().__init__()
        self.stores = stores

    @contextmanager
    def transaction(self, durable: bool) -> Iterator[Connection]:
        with super().transaction(durable) as connection:
            yield connection
            if len(self.done) == self.stores:
                self.done.append([])
                raise StorageFailed("it failed", hint="")


class FullCommits(Commits):
    """A disk without room."""

    is_full = True
    tried = 0

    @contextmanager
    def transaction(self, durable: bool) -> Iterator[Connection]:
        if self.is_full:
            self.tried += 1
            raise LedgerUnusable("full")
        with super().transaction(durable) as connection:
            yield connection


class FillingCommits(FullCommits):
    """A disk that has no room any more once a change was wrong."""

    is_full = False

    def write(self, connection: Connection, changes: Sequence[Change]) -> None:
        try:
            super().write(connection, changes)
        except StaleState:
            self.is_full = True
            raise


def new_group_commit(commits: Commits, pending: Pending | None = None) -> GroupCommit:
    return GroupCommit(commits.transaction, commits.write, pending or Pending())


def claimed(name: str) -> Change:
    return Change(name, None, State.CLAIMED, {})


def moved(name: str, since: State, to: State) -> Change:
    return Change(name, since, to, {})


def fail(_connection: Connection) -> None:
    raise StaleState("moved on")


def while_one_commits(
    commits: Commits, first: str, others: Sequence[Also], *, durable: str = ""
) -> list[Future[None]]:
    """Have the others ask for their changes while the first is being carried out.

    :param durable: names of those that are to be written through.
    """
    group_commit, asked = new_group_commit(commits), list[Future[None]]()
    with ThreadPoolExecutor() as threads:

        def change(connection: Connection) -> None:
            commits.change(first)(connection)
            for name, other in zip(
                "bcd", others, strict=False
            ):  # one after the other, in this order
                last = name in durable
                asked.append(threads.submit(group_commit.commit, None, other, durable=last))
                until(lambda: group_commit.waiting == len(asked))

        group_commit.commit(also=change, durable=first in durable)
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


def test_who_was_served_before_the_disk_failed_is_not_told_of_it() -> None:
    commits = FailingCommits(stores=2)
    others = [commits.change("b"), fail, commits.change("d")]

    asked = while_one_commits(commits, "a", others)

    assert commits.done == [["a"], ["b"], []]
    assert [type(one.exception()) for one in asked] == [type(None), StaleState, StorageFailed]


def test_nothing_more_is_written_to_a_disk_that_failed(pending: Pending) -> None:
    commits = FailingCommits()
    group_commit = new_group_commit(commits, pending)
    group_commit.commit(also=commits.change("a"))
    pending.defer(claimed("d"))
    with pytest.raises(StorageFailed):
        group_commit.commit(also=commits.change("b"))

    with pytest.raises(StorageFailed):
        group_commit.commit(also=commits.change("c"))

    assert commits.done == [["a"], []]
    with pytest.raises(StorageFailed):
        pending.defer(claimed("e"))


def test_one_change_that_is_to_last_has_all_last_that_go_with_it() -> None:
    commits = Commits()
    others = [commits.change("b"), commits.change("c")]

    while_one_commits(commits, "a", others, durable="c")

    assert commits.durable == [False, True]


def test_a_change_alone_raises_what_became_of_it() -> None:
    with pytest.raises(StaleState, match="moved on"):
        new_group_commit(Commits()).commit(also=fail)


# ---- what was deferred --------------------------------------------------------------------------


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def pending() -> Pending:
    return Pending()


@pytest.fixture
def group_commit(commits: Commits, pending: Pending) -> GroupCommit:
    return new_group_commit(commits, pending)


def test_what_was_deferred_goes_with_the_next_change_before_it(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    for name in ("a", "b"):
        pending.defer(claimed(name))

    group_commit.commit(also=commits.change("c"))

    assert commits.done == [["a is claimed", "b is claimed", "c"]]
    assert pending.is_empty


def test_what_was_deferred_is_written_without_company_when_it_has_to_be(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    pending.defer(claimed("a"))

    group_commit.flush()
    group_commit.flush()

    assert (commits.done, commits.durable) == ([["a is claimed"]], [False])


def test_what_was_deferred_of_a_document_is_written_as_one_with_what_follows(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    pending.defer(claimed("a"))
    pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))

    group_commit.commit(moved("a", State.ACCEPTED, State.UPLOADING))

    assert commits.done == [["a is uploading"]]


def test_a_stale_copy_is_not_written_as_one_with_what_was_deferred(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    pending.defer(claimed("a"))

    group_commit.commit(moved("a", State.ACCEPTED, State.UPLOADING))

    assert commits.done == [["a is claimed", "a is uploading"]]


def test_what_fails_of_what_was_deferred_is_told_to_who_goes_on_with_the_document(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    pending.defer(claimed("a"))
    pending.defer(claimed("b"))
    commits.wrong = {"a"}

    group_commit.commit(also=commits.change("c"))

    assert commits.done == [["b is claimed"], ["c"]]
    with pytest.raises(StaleState, match="moved on"):
        pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))
    assert pending.defer(moved("b", State.CLAIMED, State.ACCEPTED))


@pytest.mark.parametrize("company", [True, False])
def test_while_the_ledger_cannot_be_written_it_stays_deferred_and_nothing_more_is(
    company: bool, pending: Pending
) -> None:
    full = FullCommits()
    group_commit = new_group_commit(full, pending)
    pending.defer(claimed("a"))

    with pytest.raises(LedgerUnusable, match="full"):
        group_commit.commit(also=full.change("c")) if company else group_commit.flush()
    assert not pending.defer(claimed("b"))

    full.is_full = False
    group_commit.flush()
    assert full.all == ["a is claimed"]
    assert pending.defer(claimed("b"))


def test_what_another_process_has_locked_is_waited_for_once_and_not_for_each_document(
    pending: Pending,
) -> None:
    locked = FullCommits()
    group_commit = new_group_commit(locked, pending)
    for name in ("a", "b", "c"):
        pending.defer(claimed(name))

    with pytest.raises(LedgerUnusable):
        group_commit.commit(moved("c", State.CLAIMED, State.UPLOADING))

    assert locked.tried == 1
    locked.is_full = False
    group_commit.flush()
    assert locked.all == ["a is claimed", "b is claimed", "c is claimed"]


def test_a_ledger_that_fills_while_one_after_the_other_is_tried_is_not_tried_for_each(
    pending: Pending,
) -> None:
    filling = FillingCommits()
    group_commit = new_group_commit(filling, pending)
    for name in ("a", "b", "c"):
        pending.defer(claimed(name))
    filling.wrong = {"a"}

    with pytest.raises(LedgerUnusable):
        group_commit.flush()

    assert filling.tried == 1
    filling.is_full, filling.wrong = False, set()
    group_commit.flush()
    assert filling.all == ["a is claimed", "b is claimed", "c is claimed"]


def test_what_is_refused_keeps_what_was_deferred_before_it(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    def refuse(_: Connection) -> None:
        raise ContentUnderWay("by another")

    pending.defer(claimed("a"))

    with pytest.raises(ContentUnderWay):
        group_commit.commit(moved("a", State.CLAIMED, State.ACCEPTED), refuse)
    group_commit.flush()

    assert commits.all == ["a is claimed"]
    assert pending.defer(claimed("b"))  # the ledger works


def test_what_happens_while_a_part_is_written_is_deferred_for_the_next_time(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    pending.defer(claimed("a"))

    def happens(_: Connection) -> None:
        pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))

    group_commit.commit(also=happens)
    group_commit.flush()

    assert commits.done == [["a is claimed"], ["a is accepted"]]


def test_what_happens_while_a_part_is_written_is_what_is_known_of_the_document(
    pending: Pending, group_commit: GroupCommit
) -> None:
    pending.defer(claimed("a"))

    def happens(_: Connection) -> None:
        pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))

    group_commit.commit(also=happens)

    assert pending.defer(moved("a", State.ACCEPTED, State.FAILED))


def test_whoever_has_to_have_it_written_waits_until_another_wrote_it(
    commits: Commits, pending: Pending, group_commit: GroupCommit
) -> None:
    asked: list[Future[None]] = []
    with ThreadPoolExecutor() as threads:

        def change(_: Connection) -> None:
            asked.append(threads.submit(group_commit.flush))
            assert not pending.is_empty
            assert not asked[0].done()

        pending.defer(claimed("a"))
        group_commit.commit(also=change)

    assert asked[0].exception() is None
    assert len(commits.done) == 1


def test_what_is_put_back_comes_before_what_happened_since(pending: Pending) -> None:
    pending.defer(claimed("a"))
    taken = pending.take()
    pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))

    pending.put_back(taken["a"])

    assert pending.take() == {"a": claimed("a").then(moved("a", State.CLAIMED, State.ACCEPTED))}


@pytest.mark.parametrize("to_be_written_first", ["nothing", "is being written", "was written"])
def test_nothing_depends_on_what_the_ledger_never_heard_of(
    pending: Pending, to_be_written_first: str
) -> None:
    pending.defer(claimed("a"))
    if to_be_written_first != "nothing":
        taken = pending.take()
        pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))
    if to_be_written_first == "was written":
        pending.written(list(taken.values()))
        pending.taken_are_done()

    state = State.CLAIMED if to_be_written_first == "nothing" else State.ACCEPTED
    unheard_of = pending.defer_unheard_of(moved("a", state, State.RELEASED))

    assert unheard_of is (to_be_written_first == "nothing")


def test_what_follows_on_what_is_lost_is_lost_with_it(pending: Pending) -> None:
    pending.defer(claimed("a"))
    taken = pending.take()
    pending.defer(moved("a", State.CLAIMED, State.ACCEPTED))

    pending.lost(taken["a"], StaleState("moved on"))

    assert pending.take() == {}


def test_nobody_is_told_of_a_document_that_has_ended(pending: Pending) -> None:
    filed = moved("a", State.UPLOADED, State.FILED)

    pending.lost(filed, StaleState("moved on"))

    pending.ensure_not_lost(filed)


def test_what_a_failing_disk_did_not_store_is_not_deferred(pending: Pending) -> None:
    commits = FailingCommits()
    group_commit = new_group_commit(commits, pending)
    group_commit.flush()
    group_commit.commit(also=commits.change("a"))
    pending.defer(claimed("b"))

    with pytest.raises(StorageFailed):
        group_commit.flush()

    assert pending.is_empty
