from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from ingestd.claimed import _once


class Slow:
    def __init__(self, together: Barrier) -> None:
        self.together = together
        self.asked = 0

    @_once
    def fact(self) -> int:
        self.together.wait(10)
        self.asked += 1
        return self.asked


def test_what_one_document_is_asked_does_not_wait_for_another() -> None:
    both = Barrier(2)

    with ThreadPoolExecutor(2) as threads:
        facts = [threads.submit(lambda one: one.fact, Slow(both)) for _ in range(2)]

    assert [fact.result() for fact in facts] == [1, 1]


def test_what_a_document_was_asked_once_it_is_not_asked_again() -> None:
    slow = Slow(Barrier(1))

    assert [slow.fact, slow.fact] == [1, 1]
