from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ingestd.intake.pairing import Entry, Oddity
from ingestd.intake.settle import Hurry, Inside, Look, Patience
from ingestd.intake.shape import Kind, Shape
from ingestd.intake.sightings import Candidate, LookInto, Round, Sightings

PATIENCE = Patience(quiet=2.0, junk_quiet=30.0, give_up=600.0)
LONG_AGO, JUST_NOW = 0, 10_000
"""Seconds since the epoch at which files were written; it is 10,000 now."""


def entry(path: str = "a.pdf", *, size: int = 1000, written: int = JUST_NOW) -> Entry:
    return Entry(path, Look(size=size, mtime_ns=written * 10**9, inode=1, device=1))


def always(kind: Kind, *, being_written: bool = False) -> LookInto:
    return lambda _: Inside(Shape(kind, "application/pdf"), being_written=being_written, at=0.0)


def test_a_file_is_ready_once_it_was_quiet_and_is_whole() -> None:
    sightings = Sightings(PATIENCE, always(Kind.WHOLE))

    at_first = sightings.take_in([entry()], (), 100.0)
    later = sightings.take_in([entry()], (), 102.0)

    assert (at_first.ready, at_first.pending, at_first.due) == ([], 1, 102.0)
    assert later.ready == [Candidate("a.pdf", entry().look)]


def test_a_file_is_not_opened_before_it_was_quiet() -> None:
    def never(_: Entry) -> Inside:
        raise AssertionError("it was opened")

    assert Sightings(PATIENCE, never).take_in([entry()], (), 100.0).pending == 1


def test_a_file_that_was_moved_in_is_ready_at_once() -> None:
    found = Sightings(PATIENCE, always(Kind.WHOLE)).take_in([entry()], {"a.pdf"}, 100.0)

    assert len(found.ready) == 1


def test_a_file_that_left_and_came_back_settles_anew() -> None:
    sightings = Sightings(PATIENCE, always(Kind.WHOLE))
    sightings.take_in([entry()], (), 100.0)
    sightings.take_in([], (), 101.0)

    assert sightings.take_in([entry()], (), 102.0).ready == []


def test_a_new_file_is_told_once() -> None:
    sightings = Sightings(PATIENCE, always(Kind.WHOLE))

    assert sightings.take_in([entry()], (), 100.0).new == ["a.pdf"]
    assert sightings.take_in([entry()], (), 101.0).new == []


def test_what_never_becomes_whole_is_handed_over_to_fail() -> None:
    sightings = Sightings(PATIENCE, always(Kind.INCOMPLETE))
    sightings.take_in([entry()], (), 100.0)

    assert sightings.take_in([entry()], (), 699.0).ready == []
    assert len(sightings.take_in([entry()], (), 700.0).ready) == 1


def test_a_file_that_cannot_be_opened_waits_for_the_next_listing_and_is_named() -> None:
    locked = Oddity("a.pdf", "cannot be read: Permission denied", 1)
    sightings = Sightings(PATIENCE, lambda _: locked)
    sightings.take_in([entry()], (), 100.0)

    found = sightings.take_in([entry()], (), 102.0)

    assert (found.oddities, found.ready, found.due) == ([locked], [], math.inf)


def test_a_file_that_changed_under_our_eyes_is_looked_at_again_soon() -> None:
    sightings = Sightings(PATIENCE, lambda _: None)
    sightings.take_in([entry()], (), 100.0)

    assert sightings.take_in([entry()], (), 102.0).due == 104.0


HURRY = Hurry(wall_clock=lambda: 10_000.0)


@pytest.mark.parametrize(
    ("kind", "written", "being_written", "expected"),
    [
        (Kind.WHOLE, JUST_NOW, False, "ready"),
        (Kind.WHOLE, LONG_AGO, False, "ready"),
        (Kind.WHOLE, LONG_AGO, True, "left"),
        (Kind.WHOLE_WITH_JUNK, JUST_NOW, False, "pending"),
        (Kind.INCOMPLETE, JUST_NOW, False, "left"),
        (Kind.INCOMPLETE, LONG_AGO, False, "ready"),
        (Kind.INCOMPLETE, LONG_AGO, True, "left"),
        (Kind.EMPTY, LONG_AGO, False, "ready"),
        (Kind.FOREIGN, JUST_NOW, False, "left"),
        (Kind.FOREIGN, LONG_AGO, False, "ready"),
    ],
)
def test_a_run_that_ends_waits_for_no_file_longer_than_it_must(
    kind: Kind, written: int, being_written: bool, expected: str
) -> None:
    sightings = Sightings(PATIENCE, always(kind, being_written=being_written), hurry=HURRY)
    file = entry(written=written)

    at_first = sightings.take_in([file], (), 100.0)
    later = sightings.take_in([file], (), 102.0)

    assert at_first.pending == 1
    found = {"ready": len(later.ready), "pending": later.pending, "left": later.left}
    assert found == {"ready": 0, "pending": 0, "left": 0, expected: 1}


def test_a_run_that_ends_waits_a_minute_for_a_file_that_keeps_changing() -> None:
    sightings = Sightings(PATIENCE, always(Kind.WHOLE), hurry=HURRY)

    rounds = [sightings.take_in([entry(size=n)], (), 100.0 + n) for n in range(62)]

    assert [found.pending for found in rounds[:61]] == [1] * 61
    assert (rounds[61].pending, rounds[61].left) == (0, 1)


FAR = [-(10**9), 0, JUST_NOW + 100_000, 2**32, 16_725_225_600]
"""Before 1970, 1970, a little ahead, 2106, and 2500, which is no 64-bit number of nanoseconds."""


@pytest.mark.parametrize("written", FAR)
def test_a_time_stamp_from_the_future_is_as_old_as_one_from_the_past(written: int) -> None:
    sightings = Sightings(PATIENCE, always(Kind.INCOMPLETE), hurry=HURRY)
    file = entry(written=written)
    sightings.take_in([file], (), 100.0)

    assert len(sightings.take_in([file], (), 102.0).ready) == 1


PAIRED = replace(PATIENCE, awaits_sidecars=True)


def sidecar(path: str = "a.toml", *, size: int = 100, written: int = JUST_NOW) -> Entry:
    return replace(entry(path, size=size, written=written), is_sidecar=True)


def pair(*sidecars: Entry) -> Entry:
    return replace(entry(), sidecars=sidecars)


def test_a_document_is_ready_with_its_sidecar_once_both_were_quiet() -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE))
    sightings.take_in([entry()], (), 100.0)

    joined = sightings.take_in([pair(sidecar())], (), 101.5)
    too_soon = sightings.take_in([pair(sidecar())], (), 102.0)
    later = sightings.take_in([pair(sidecar())], (), 103.5)

    assert (joined.ready, joined.due, joined.pending) == ([], 103.5, 1)
    assert too_soon.ready == []
    assert later.ready == [Candidate("a.pdf", entry().look, (sidecar(),))]


def test_a_pair_that_was_moved_in_is_ready_at_once() -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE))

    assert sightings.take_in([pair(sidecar())], {"a.pdf", "a.toml"}, 100.0).ready
    assert sightings.take_in([pair(sidecar(size=7))], {"a.pdf"}, 100.0).due == 102.0


def test_a_document_that_was_moved_in_alone_waits_for_its_sidecar_as_for_a_writer() -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE))

    assert sightings.take_in([entry()], {"a.pdf"}, 100.0).due == 102.0
    assert len(sightings.take_in([entry()], (), 102.0).ready) == 1


def test_a_sidecar_that_is_still_being_written_keeps_its_document_back() -> None:
    def look(one: Entry) -> Inside:
        return Inside(Shape(Kind.WHOLE), being_written=one.is_sidecar, at=0.0)

    sightings = Sightings(PAIRED, look)
    sightings.take_in([pair(sidecar())], (), 100.0)

    assert sightings.take_in([pair(sidecar())], (), 110.0).pending == 1


def test_a_sidecar_that_cannot_be_read_keeps_its_document_back_and_is_named() -> None:
    locked = Oddity("a.toml", "cannot be read: Permission denied", 1)
    whole = always(Kind.WHOLE)
    sightings = Sightings(PAIRED, lambda one: locked if one.is_sidecar else whole(one))
    sightings.take_in([pair(sidecar())], (), 100.0)

    found = sightings.take_in([pair(sidecar())], (), 102.0)

    assert (found.ready, found.pending) == ([], 0)
    assert found.oddities == [replace(locked, awaited_by=("a.pdf",))]


def test_a_document_that_is_held_is_neither_ready_nor_waited_for() -> None:
    held = replace(entry(), held=True)
    sightings = Sightings(PAIRED, always(Kind.WHOLE))
    sightings.take_in([held], (), 100.0)

    found = sightings.take_in([held], (), 110.0)

    assert (found.ready, found.pending, found.left) == ([], 0, 0)


def test_a_document_without_the_sidecar_that_is_required_is_left_and_told_of_after_a_while() -> (
    None
):
    sightings = Sightings(PAIRED, always(Kind.WHOLE), sidecar_required=True)
    sightings.take_in([entry()], (), 100.0)

    soon = sightings.take_in([entry()], (), 699.0)
    later = sightings.take_in([entry()], (), 700.0)
    at_last = sightings.take_in([pair(sidecar())], {"a.toml"}, 701.0)

    assert (soon.ready, soon.pending, soon.left, soon.oddities) == ([], 0, 0, [])
    assert (soon.lacking, later.lacking) == (["a.pdf"], [])
    assert (soon.due, later.due) == (700.0, math.inf)
    assert (later.ready, later.pending, later.left) == ([], 0, 0)
    assert [oddity.path for oddity in later.oddities] == ["a.pdf"]
    assert len(at_last.ready) == 1


def test_an_e_invoice_alone_needs_no_sidecar_to_fail() -> None:
    file = entry("a.xml")
    sightings = Sightings(PAIRED, always(Kind.FOREIGN), sidecar_required=True)
    sightings.take_in([file], (), 100.0)

    assert len(sightings.take_in([file], (), 700.0).ready) == 1


def test_a_sidecar_whose_document_does_not_come_is_told_of_and_nothing_waits_for_it() -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE))
    sightings.take_in([], (), 100.0, alone=[sidecar()])

    soon = sightings.take_in([], (), 699.0, alone=[sidecar()])
    later = sightings.take_in([], (), 700.0, alone=[sidecar()])

    assert (soon.alone, soon.pending, soon.left) == ([], 0, 0)
    assert (soon.due, later.due) == (700.0, math.inf)
    assert [one.path for one in later.alone] == ["a.toml"]
    assert (later.oddities, later.pending, later.left) == ([], 0, 0)


@pytest.mark.parametrize(("written", "told"), [(JUST_NOW, 0), (LONG_AGO, 1)])
def test_a_run_that_ends_goes_by_the_stamp_of_what_lacks_its_counterpart(
    written: int, told: int
) -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE), hurry=HURRY, sidecar_required=True)

    found = sightings.take_in(
        [entry(written=written)], (), 100.0, alone=[sidecar("b.toml", written=written)]
    )

    assert (len(found.alone), len(found.oddities), len(found.lacking)) == (told, told, 1 - told)
    assert (found.pending, found.left) == (0, 0)


@pytest.mark.parametrize(
    ("ready", "due", "rest"),
    [
        ([], 100.0, 90.0),  # nothing settles soon
        ([], 12.0, 12.0),
        ([], 3.0, 10.0),  # half of the time is enough
        ([Candidate("a.pdf", entry().look)], 12.0, 90.0),  # what is ready can be carried meanwhile
    ],
)
def test_what_is_about_to_settle_is_waited_for_no_longer_while_nothing_is_ready(
    ready: list[Candidate], due: float, rest: float
) -> None:
    found = Round(ready=ready, due=1000.0 + due)

    assert found.rest(took=10.0, now=1000.0) == rest


LYING_STILL = replace(entry(), lay_still=True)


def test_a_file_that_lay_still_is_ready_at_the_first_look_and_stays_so() -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE))

    at_first = sightings.take_in([LYING_STILL], (), 100.0)
    later = sightings.take_in([entry()], (), 100.5)

    assert at_first.ready == later.ready == [Candidate("a.pdf", entry().look)]
    assert (at_first.pending, later.pending) == (0, 0)


@pytest.mark.parametrize("being_written", [True, None])
def test_a_file_that_may_have_a_writer_settles_however_still_it_lay(
    *, being_written: bool | None
) -> None:
    writers = [being_written, False]

    def look(_: Entry) -> Inside:
        return Inside(Shape(Kind.WHOLE), being_written=writers.pop(0), at=0.0)

    sightings = Sightings(PATIENCE, look)

    at_first = sightings.take_in([LYING_STILL], (), 100.0)
    too_soon = sightings.take_in([entry()], (), 101.9)
    later = sightings.take_in([entry()], (), 102.0)

    assert (at_first.ready, at_first.pending, at_first.due) == ([], 1, 102.0)
    assert (too_soon.ready, len(later.ready)) == ([], 1)


def test_what_lay_still_unfinished_is_given_up_no_sooner_for_it() -> None:
    sightings = Sightings(PATIENCE, always(Kind.INCOMPLETE))
    sightings.take_in([LYING_STILL], (), 100.0)

    assert sightings.take_in([entry()], (), 699.0).ready == []
    assert len(sightings.take_in([entry()], (), 700.0).ready) == 1


@pytest.mark.parametrize(("written", "ready", "left"), [(LONG_AGO, 1, 0), (JUST_NOW, 0, 1)])
def test_a_run_that_ends_lets_what_lay_still_unfinished_settle_as_well(
    written: int, ready: int, left: int
) -> None:
    sightings = Sightings(PATIENCE, always(Kind.INCOMPLETE), hurry=HURRY)
    file = entry(written=written)

    at_first = sightings.take_in([replace(file, lay_still=True)], (), 100.0)
    later = sightings.take_in([file], (), 102.0)

    assert (at_first.ready, at_first.left, at_first.due) == ([], 0, 102.0)
    assert (len(later.ready), later.left) == (ready, left)


def test_a_document_that_lay_still_waits_for_a_sidecar_that_did_not() -> None:
    sightings = Sightings(PAIRED, always(Kind.WHOLE))
    fresh = replace(LYING_STILL, sidecars=(sidecar(),))
    still = replace(LYING_STILL, sidecars=(replace(sidecar(), lay_still=True),))

    assert sightings.take_in([fresh], (), 100.0).due == 102.0
    assert len(Sightings(PAIRED, always(Kind.WHOLE)).take_in([still], (), 100.0).ready) == 1
