from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime

import pytest

from ingestd.daemon.backlog import Backlog
from ingestd.daemon.deferral import AGAIN_LATER
from ingestd.daemon.jobs import Job, PutOff, Tally
from ingestd.daemon.setbacks import Setbacks
from ingestd.intake import Candidate, Look
from ingestd.model import Document, State
from tests.daemon.doubles import FakeClock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def backlog(clock: FakeClock) -> Iterator[Backlog]:
    backlog = Backlog(clock, map(str, itertools.count()).__next__, Setbacks(clock))
    backlog.listing_begins()
    yield backlog
    backlog.close()  # whoever still waits


def ready(name: str) -> Candidate:
    return Candidate(name, Look(1, 1, 1, 1))


def put_off(name: str, due: float = 0.0) -> PutOff:
    return PutOff(due, Document(name, "scanner", "main", name, State.UNKNOWN, NOON, NOON))


def add(backlog: Backlog, *jobs: PutOff) -> None:
    """Put documents off until they are due; the clock of these tests begins at 1000."""
    for job in jobs:
        backlog.come_back_to(job.document, job.due - 1000 if job.due else -1000)


def take(backlog: Backlog, may_start: Callable[[Job], bool]) -> Job | None:
    """The next job, None once the backlog is closed."""
    job = backlog.next(may_start)
    return job and job[0]


def anything(_: Job) -> bool:
    return True


def waiting(backlog: Backlog, may_start: Callable[[Job], bool] = anything) -> Future[Job | None]:
    """Take the next job in a thread."""
    thread = ThreadPoolExecutor(1)
    future = thread.submit(take, backlog, may_start)
    thread.shutdown(wait=False)
    return future


# ---- what comes next -----------------------------------------------------------------------------


def test_what_is_ready_comes_in_its_order(backlog: Backlog) -> None:
    backlog.offer([ready("a"), ready("b")])

    assert take(backlog, anything) == ready("a")
    assert take(backlog, anything) == ready("b")


def test_documents_that_were_put_off_come_first(backlog: Backlog) -> None:
    backlog.offer([ready("a")])
    add(backlog, put_off("b"))

    assert take(backlog, anything) == put_off("b")


def test_a_document_that_is_not_due_lets_others_pass(backlog: Backlog, clock: FakeClock) -> None:
    late = put_off("b", due=clock.time + 30)
    add(backlog, late)
    backlog.offer([ready("a"), ready("c")])

    assert take(backlog, anything) == ready("a")
    clock.time += 30
    assert take(backlog, anything) == late


def test_a_document_that_may_not_start_lets_others_pass(backlog: Backlog) -> None:
    add(backlog, put_off("a"), put_off("b"))

    assert take(backlog, lambda job: job == put_off("b")) == put_off("b")


def test_what_may_not_start_is_kept(backlog: Backlog) -> None:
    backlog.offer([ready("a")])
    add(backlog, put_off("b"))

    worker = waiting(backlog, lambda _: False)
    backlog.close()

    assert worker.result(10) is None
    assert backlog.size == 2


def test_a_new_listing_replaces_what_was_ready(backlog: Backlog) -> None:
    backlog.offer([ready("a"), ready("b")])
    backlog.offer([ready("c")])

    assert take(backlog, anything) == ready("c")
    assert backlog.size == 1


# ---- waiting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bring", "job"),
    [
        (lambda backlog: backlog.offer([ready("a")]), ready("a")),
        (lambda backlog: add(backlog, put_off("a")), put_off("a")),
        (lambda backlog: backlog.close(), None),
    ],
    ids=["ready", "put off", "closed"],
)
def test_a_waiting_worker_gets_what_comes(
    backlog: Backlog, bring: Callable[[Backlog], None], job: Job | None
) -> None:
    worker = waiting(backlog)

    bring(backlog)

    assert worker.result(10) == job


def test_as_many_waiting_workers_are_woken_as_there_is_work_for(backlog: Backlog) -> None:
    workers = [waiting(backlog) for _ in range(3)]

    backlog.offer([ready("a"), ready("b"), ready("c")])

    taken = [worker.result(10) for worker in workers]
    assert sorted(job.path for job in taken if isinstance(job, Candidate)) == ["a", "b", "c"]


def test_one_document_does_not_wake_all_who_wait() -> None:
    looked = list[float]()

    def clock() -> float:
        looked.append(1000.0)
        return looked[-1]

    backlog = Backlog(clock, str, Setbacks(clock))
    workers = [waiting(backlog) for _ in range(9)]
    for number in range(9):
        backlog.offer([ready(str(number))])
        wait(workers, 10, FIRST_COMPLETED)
        workers = [worker for worker in workers if not worker.done()]

    assert len(looked) <= 9 * 4  # before it waits, until when, at the offer, and to take it


def test_a_waiting_worker_asks_again_when_it_is_told_to(backlog: Backlog) -> None:
    refused, allowed = threading.Event(), threading.Event()

    def may_start(_: Job) -> bool:
        refused.set()
        return allowed.is_set()

    backlog.offer([ready("a")])
    worker = waiting(backlog, may_start)
    assert refused.wait(10)

    allowed.set()
    backlog.look_again()

    assert worker.result(10) == ready("a")


def test_a_document_is_handed_out_when_it_is_due_though_nothing_happens() -> None:
    times = iter([1000.0] * 3 + [1000.01])  # put off, look, wait, look again
    backlog = Backlog(lambda: next(times), str, Setbacks(lambda: 0.0))
    add(backlog, put_off("a", due=1000.01))

    assert waiting(backlog).result(10) == put_off("a", due=1000.01)


def test_a_file_that_rests_is_handed_out_afterwards_though_nothing_happens() -> None:
    resting = Setbacks(lambda: 1000.0 - AGAIN_LATER, many=1)
    resting.note("a")
    times = iter([999.99] * 3 + [1000.0])  # be offered it, look, wait, look again
    backlog = Backlog(lambda: next(times), str, resting)
    backlog.offer([ready("a")])

    assert waiting(backlog).result(10) == ready("a")


def test_a_file_that_rests_gives_way_to_the_others(clock: FakeClock) -> None:
    resting = Setbacks(clock, many=1)
    resting.note("a")
    backlog = Backlog(clock, str, resting)
    backlog.listing_begins()
    backlog.offer([ready("a"), ready("b")])

    assert take(backlog, anything) == ready("b")
    assert backlog.drained is False  # "b" is in hand
    backlog.done()
    assert backlog.drained


def test_every_job_is_handed_out_once(backlog: Backlog) -> None:
    jobs = [ready(str(number)) for number in range(100)]
    backlog.offer(jobs[:50])
    add(backlog, *(put_off(str(number)) for number in range(50)))

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: take(backlog, anything), range(100)))

    names = [
        job.path if isinstance(job, Candidate) else f"{job.document.id}" for job in taken if job
    ]
    assert sorted(names) == sorted([str(number) for number in range(50)] * 2)


def test_a_closed_backlog_gives_out_nothing(backlog: Backlog) -> None:
    backlog.offer([ready("a")])

    backlog.close()

    assert take(backlog, anything) is None


# ---- what there is -------------------------------------------------------------------------------


def test_everything_that_has_no_outcome_counts(backlog: Backlog) -> None:
    backlog.offer([ready("a"), ready("b")], pending=3, left=7)
    add(backlog, put_off("c", due=2000))
    job = take(backlog, anything)
    assert job is not None

    assert (backlog.size, backlog.in_hand, backlog.left) == (6, 1, 7)
    backlog.done()
    assert (backlog.size, backlog.in_hand, backlog.left) == (5, 0, 7)


def test_it_is_drained_when_the_inbox_was_looked_at_and_nothing_is_left(backlog: Backlog) -> None:
    assert not backlog.drained
    backlog.offer([ready("a")])
    job = take(backlog, anything)
    assert job is not None
    assert not backlog.drained

    backlog.done()

    assert backlog.drained
    assert backlog.listed


def test_files_that_nobody_waits_for_do_not_keep_it_from_being_drained(backlog: Backlog) -> None:
    backlog.offer([], left=2)

    assert backlog.drained


def test_claimed_are_those_put_off_in_hand_or_not(backlog: Backlog) -> None:
    add(backlog, put_off("a"), put_off("b", due=2000))
    backlog.offer([ready("c")])
    take(backlog, anything)

    assert backlog.ids() == {"a", "b"}


def test_a_file_about_to_be_claimed_is_in_hand_under_its_new_id(backlog: Backlog) -> None:
    backlog.offer([ready("c")])
    take(backlog, anything)

    assert backlog.ids() == {"0"}
    backlog.done()
    assert backlog.ids() == set()


def test_what_was_put_off_can_be_taken_out_by_its_state(backlog: Backlog) -> None:
    add(backlog, put_off("a"), put_off("b", due=2000))

    assert backlog.withdraw({State.CLAIMED}) == []
    assert [document.id for document in backlog.withdraw({State.UNKNOWN})] == ["a", "b"]
    assert backlog.size == 0


def test_a_rest_keeps_new_files_waiting_and_no_others(backlog: Backlog, clock: FakeClock) -> None:
    backlog.offer([ready("a")])
    add(backlog, put_off("b"))

    backlog.rest(30)

    assert take(backlog, anything) == put_off("b", due=0.0)
    resting = waiting(backlog)
    clock.time += 30
    backlog.look_again()
    assert resting.result(10) == ready("a")


def test_what_waits_for_a_person_holds_up_no_run_that_ends(backlog: Backlog) -> None:
    backlog.offer([])
    document = put_off("a").document

    backlog.come_back_to(document, 30)
    assert not backlog.drained
    backlog.withdraw({State.UNKNOWN})
    backlog.come_back_to(document, 30, stuck=True)
    assert backlog.drained


def test_files_that_may_not_be_claimed_for_now_hold_up_no_run_that_ends(
    backlog: Backlog, clock: FakeClock
) -> None:
    backlog.offer([ready("a")])

    assert not backlog.drained
    backlog.rest(30)
    assert backlog.drained
    clock.time += 30
    assert not backlog.drained


def test_what_was_listed_before_the_inbox_changed_is_not_all_there_is(backlog: Backlog) -> None:
    backlog.offer([])
    backlog.listing_begins()
    backlog.changed()

    backlog.offer([])
    assert not backlog.drained
    backlog.listing_begins()
    backlog.offer([])
    assert backlog.drained


# ---- how much there is ---------------------------------------------------------------------------


def test_what_is_in_hand_does_not_wait(backlog: Backlog) -> None:
    backlog.offer([ready("a"), ready("b")], pending=3)
    add(backlog, put_off("c"))
    take(backlog, anything)

    assert (backlog.tally().waiting, backlog.tally().in_hand) == (5, 1)


def test_without_documents_nothing_is_old(backlog: Backlog, clock: FakeClock) -> None:
    clock.time += 60

    assert backlog.tally() == Tally(waiting=0, in_hand=0, oldest=0.0)


def test_the_oldest_is_what_was_seen_first_however_often_it_is_listed(
    backlog: Backlog, clock: FakeClock
) -> None:
    backlog.offer([ready("a")])
    clock.time += 60
    backlog.offer([ready("b"), ready("a")])
    clock.time += 5
    of_both = backlog.tally().oldest
    backlog.offer([ready("b")])

    assert (of_both, backlog.tally().oldest) == (65.0, 5.0)


def test_a_document_that_is_tried_in_vain_gets_older_all_the_same(
    backlog: Backlog, clock: FakeClock
) -> None:
    backlog.offer([ready("a")])
    clock.time += 60
    take(backlog, anything)
    in_hand = backlog.tally().oldest
    backlog.done()
    backlog.offer([ready("a")])  # it went back

    assert (in_hand, backlog.tally().oldest) == (60.0, 60.0)


def test_a_document_that_was_put_off_gets_older_from_when_it_was_first_seen(
    backlog: Backlog, clock: FakeClock
) -> None:
    backlog.come_back_to(put_off("a").document, 10)
    clock.time += 60
    backlog.offer([])
    take(backlog, anything)
    backlog.come_back_to(put_off("a").document, 10)

    assert backlog.tally().oldest == 60.0


def test_the_next_document_with_the_name_of_one_that_is_done_is_new(
    backlog: Backlog, clock: FakeClock
) -> None:
    backlog.offer([ready("scan")])
    clock.time += 60
    take(backlog, anything)
    backlog.over("scan")
    backlog.done()
    backlog.offer([ready("scan")])

    assert backlog.tally().oldest == 0.0
