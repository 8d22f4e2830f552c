from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine

from ingestd.errors import StaleState, StorageFailed
from ingestd.ledger.together import Change, Together
from tests.daemon.carrying import until


class Commits:
    """A database's transactions, each as the changes that were committed in it."""

    def __init__(self) -> None:
        self.done: list[list[str]] = []
        self.lasting: list[bool] = []
        self._engine = create_engine("sqlite://")
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


class FailingCommits(Commits):
    """A disk that cannot store the second transaction; it would store the third."""

    @contextmanager
    def transaction(self, lasting: bool) -> Iterator[Connection]:
        with super().transaction(lasting) as connection:
            yield connection
            if len(self.done) == 1:
                self.done.append([])
                raise StorageFailed("it failed", hint="")


def fail(_connection: Connection) -> None:
    raise StaleState("moved on")


def while_one_commits(
    commits: Commits, first: str, others: Sequence[Change], *, lasting: str = ""
) -> list[Future[None]]:
    """Have the others ask for their changes while the first is being carried out.

    :param lasting: names of those that are to be written through.
    """
    together, asked = Together(commits.transaction), list[Future[None]]()
    with ThreadPoolExecutor() as threads:

        def change(connection: Connection) -> None:
            commits.change(first)(connection)
            for name, other in zip(
                "bcd", others, strict=False
            ):  # one after the other, in this order
                last = name in lasting
                asked.append(threads.submit(together.carry_out, other, lasting=last))
                until(lambda: together.waiting == len(asked))

        together.carry_out(change, lasting=first in lasting)
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


def test_one_change_that_is_to_last_has_all_last_that_go_with_it() -> None:
    commits = Commits()
    others = [commits.change("b"), commits.change("c")]

    while_one_commits(commits, "a", others, lasting="c")

    assert commits.lasting == [False, True]


def test_a_change_alone_raises_what_became_of_it() -> None:
    with pytest.raises(StaleState, match="moved on"):
        Together(Commits().transaction).carry_out(fail)
