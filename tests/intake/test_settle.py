from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestd.intake.settle import (
    GiveUp,
    Inside,
    Look,
    LookInside,
    Patience,
    Ready,
    Seen,
    Verdict,
    Wait,
    looked_inside,
    seen_again,
    settled,
)
from ingestd.intake.shape import Kind, Shape

PATIENCE = Patience(quiet=2.0, junk_quiet=30.0, give_up=600.0)
LOOK = Look(size=1000, mtime_ns=1, inode=7, device=1)

WHOLE = Shape(Kind.WHOLE, "application/pdf")
JUNK = Shape(Kind.WHOLE_WITH_JUNK, "application/pdf")
HALF = Shape(Kind.INCOMPLETE, "application/pdf")
EMPTY = Shape(Kind.EMPTY)
FOREIGN = Shape(Kind.FOREIGN)


def seen(
    shape: Shape | None = None,
    *,
    looked: float = 0.0,
    being_written: bool = False,
    arrived_whole: bool = False,
) -> Seen:
    """A file that has looked the same since 100, and was opened `looked` seconds later."""
    inside = None if shape is None else Inside(shape, being_written, 100 + looked)
    return Seen(LOOK, since=100.0, arrived_whole=arrived_whole, inside=inside)


@pytest.mark.parametrize(
    ("file", "after", "verdict"),
    [
        (seen(), 0, Wait(102)),
        (seen(), 1.9, Wait(102)),
        (seen(), 2, LookInside()),
        (seen(arrived_whole=True), 0, LookInside()),
        (seen(WHOLE, looked=2), 2, Ready()),
        (seen(WHOLE, arrived_whole=True), 0, Ready()),
        (seen(WHOLE), 1.9, Wait(102)),
        (seen(JUNK, looked=2), 2, Wait(130)),
        (seen(JUNK, arrived_whole=True), 0, Wait(130)),
        (seen(JUNK, looked=2), 30, LookInside()),
        (seen(JUNK, looked=30), 30, Ready()),
        (seen(HALF, looked=2), 2, Wait(700)),
        (seen(HALF, arrived_whole=True), 0, Wait(700)),
        (seen(HALF, looked=2), 600, LookInside()),
        (seen(HALF, looked=600), 600, GiveUp()),
        (seen(EMPTY, looked=2), 2, Wait(700)),
        (seen(EMPTY, looked=600), 600, GiveUp()),
        (seen(FOREIGN, looked=2), 2, Wait(700)),
        (seen(FOREIGN, looked=600), 600, GiveUp()),
        (seen(WHOLE, looked=2, being_written=True), 2, Wait(103)),
        (seen(WHOLE, looked=2, being_written=True), 3, LookInside()),
        (seen(WHOLE, being_written=True, arrived_whole=True), 0, Wait(101)),
        (seen(WHOLE, looked=599.5, being_written=True), 599.5, Wait(700)),
        (seen(WHOLE, looked=600, being_written=True), 600, Ready()),
        (seen(HALF, looked=599.5, being_written=True), 600, LookInside()),
        (seen(HALF, looked=600, being_written=True), 600, GiveUp()),
    ],
)
def test_what_was_seen_decides(file: Seen, after: float, verdict: Verdict) -> None:
    assert settled(file, 100 + after, PATIENCE) == verdict


@pytest.mark.parametrize("what", ["size", "mtime_ns", "inode", "device"])
def test_any_change_starts_the_wait_afresh(what: str) -> None:
    before = seen(WHOLE, looked=2, arrived_whole=True)
    changed = Look(**{**asdict(LOOK), what: 0})

    after = seen_again(before, changed, 500.0)

    assert after == Seen(changed, since=500.0)
    assert settled(after, 500.0, PATIENCE) == Wait(502.0)


def test_a_file_that_changes_after_its_first_look_does_not_lie_still() -> None:
    before = seen_again(None, LOOK, 100.0, lay_still=True)

    changed = seen_again(before, replace(LOOK, size=2), 101.0, lay_still=True)

    assert settled(before, 100.0, PATIENCE) == LookInside()
    assert settled(changed, 101.0, PATIENCE) == Wait(103.0)


@pytest.mark.parametrize("arrived_whole", [True, False])
def test_that_a_file_lies_still_is_told_by_the_first_look_alone(*, arrived_whole: bool) -> None:
    before = seen_again(None, LOOK, 100.0)

    after = seen_again(before, LOOK, 101.0, arrived_whole=arrived_whole, lay_still=True)

    assert after == replace(before, arrived_whole=arrived_whole)


@pytest.mark.parametrize(
    ("shape", "being_written", "verdict"),
    [
        (WHOLE, False, Ready()),
        (WHOLE, True, Wait(102)),
        (WHOLE, None, Wait(102)),
        (JUNK, False, Wait(102)),
        (HALF, False, Wait(102)),
        (EMPTY, False, Wait(102)),
        (FOREIGN, False, Wait(102)),
    ],
)
def test_only_what_is_whole_and_known_to_be_closed_is_ready_because_it_lay_still(
    shape: Shape, being_written: bool | None, verdict: Verdict
) -> None:
    inside = Inside(shape, being_written, 100.0)
    before = seen_again(None, LOOK, 100.0, lay_still=True)

    after = looked_inside(before, inside, PATIENCE)

    assert settled(after, 100.0, PATIENCE) == verdict


@pytest.mark.parametrize("arrived_whole", [True, False])
@pytest.mark.parametrize("shape", [JUNK, HALF, EMPTY, FOREIGN])
def test_what_is_not_ready_because_it_lay_still_is_waited_for_as_any_other(
    shape: Shape, *, arrived_whole: bool
) -> None:
    lay_still, other = (
        looked_inside(
            seen_again(None, LOOK, 100.0, arrived_whole=arrived_whole, lay_still=lay_still),
            Inside(shape, being_written=False, at=at),
            PATIENCE,
        )
        for lay_still, at in [(True, 100.0), (False, 102.0)]
    )

    verdicts = [ending(one, 102.0, PATIENCE, shape, writer=False) for one in (lay_still, other)]

    assert verdicts[0] == verdicts[1]
    assert replace(lay_still, inside=None) == replace(other, inside=None)


def test_a_file_that_looks_the_same_is_remembered_as_it_was() -> None:
    before = seen(WHOLE, looked=2)

    assert seen_again(before, LOOK, 500.0) == before


def test_an_event_may_prove_later_that_a_file_arrived_whole() -> None:
    before = seen()

    after = seen_again(before, LOOK, 100.5, arrived_whole=True)

    assert settled(after, 100.5, PATIENCE) == LookInside()
    assert seen_again(after, LOOK, 101.0) == after


def test_a_look_is_of_a_file_and_changes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(b"one")
    os.utime(path, ns=(0, 5))
    first = Look.of(path.stat())

    path.write_bytes(b"other")
    os.utime(path, ns=(0, 5))

    assert first == Look(3, 5, path.stat().st_ino, path.stat().st_dev)
    assert Look.of(path.stat()) == replace(first, size=5)


SHAPES = st.sampled_from([WHOLE, JUNK, HALF, EMPTY, FOREIGN])
PATIENCES = st.builds(
    Patience,
    quiet=st.floats(0.001, 100),
    junk_quiet=st.floats(0.001, 100),
    give_up=st.floats(0.001, 10_000),
)
CLOCKS = st.floats(0, 1e7)
MTIMES = st.one_of(st.integers(-(2**40), 2**70), st.just(0))


def ending(file: Seen, now: float, patience: Patience, shape: Shape, *, writer: bool) -> Verdict:
    """Do as told until there is a verdict; the last moment is the one asked at."""
    for _ in range(25_000):
        match settled(file, now, patience):
            case Wait(until):
                assert until > now
                now = until
            case LookInside():
                file = replace(file, inside=Inside(shape, writer, now))
            case verdict:
                return verdict
    raise AssertionError("it never ends")


@given(
    looks=st.lists(st.tuples(st.floats(0, 10), st.integers(0, 3), MTIMES), min_size=1),
    start=CLOCKS,
    patience=PATIENCES,
    shape=SHAPES,
)
@settings(deadline=None)
def test_a_file_is_never_ready_before_it_was_quiet(
    looks: list[tuple[float, int, int]], start: float, patience: Patience, shape: Shape
) -> None:
    now = last_change = start
    file: Seen | None = None
    for gap, size, mtime in looks:
        now += gap
        look = replace(LOOK, size=size, mtime_ns=mtime)
        if file is None or file.look != look:
            last_change = now
        file = seen_again(file, look, now)
        verdict = settled(file, now, patience)
        if isinstance(verdict, LookInside):
            file = replace(file, inside=Inside(shape, being_written=False, at=now))
            verdict = settled(file, now, patience)
        if isinstance(verdict, Ready):
            assert now >= last_change + patience.quiet


@given(
    start=CLOCKS,
    patience=PATIENCES,
    shape=SHAPES,
    mtime=MTIMES,
    writer=st.booleans(),
    arrived_whole=st.booleans(),
)
@settings(deadline=None)
def test_an_unchanged_file_ends_ready_or_given_up_by_its_shape(
    *, start: float, patience: Patience, shape: Shape, writer: bool, arrived_whole: bool, mtime: int
) -> None:
    look = replace(LOOK, mtime_ns=mtime)
    file = seen_again(None, look, start, arrived_whole=arrived_whole)

    verdict = ending(file, start, patience, shape, writer=writer)

    whole = shape.kind in {Kind.WHOLE, Kind.WHOLE_WITH_JUNK}
    assert isinstance(verdict, Ready if whole else GiveUp)


@given(
    shape=st.none() | SHAPES,
    looked=st.floats(0, 700),
    writer=st.booleans(),
    arrived_whole=st.booleans(),
    after=st.floats(0, 700),
    share=st.floats(0, 1, exclude_max=True),
)
@settings(deadline=None)
def test_a_verdict_to_wait_holds_until_the_moment_it_names(
    *,
    shape: Shape | None,
    looked: float,
    writer: bool,
    arrived_whole: bool,
    after: float,
    share: float,
) -> None:
    file = seen(shape, looked=looked, being_written=writer, arrived_whole=arrived_whole)
    now = 100 + max(after, looked if shape else 0.0)

    verdict = settled(file, now, PATIENCE)

    if isinstance(verdict, Wait):
        assert verdict.until > now
        meanwhile = now + share * (verdict.until - now)
        if meanwhile < verdict.until:
            assert settled(file, meanwhile, PATIENCE) == verdict
        assert settled(file, verdict.until, PATIENCE) != verdict


PAIRED = replace(PATIENCE, awaits_sidecars=True)
BESIDE = frozenset({"a.toml"})


@pytest.mark.parametrize(
    ("file", "patience", "verdict"),
    [
        (replace(seen(WHOLE), lay_still=True), PAIRED, Ready()),
        (seen(WHOLE, arrived_whole=True), PATIENCE, Ready()),
        (seen(WHOLE, arrived_whole=True), PAIRED, Wait(102)),
        (replace(seen(WHOLE, arrived_whole=True), sidecars=BESIDE), PAIRED, Ready()),
        (replace(seen(WHOLE), sidecars=BESIDE), PAIRED, Wait(102)),
    ],
)
def test_what_arrived_whole_is_waited_for_unless_its_sidecar_is_there(
    file: Seen, patience: Patience, verdict: Verdict
) -> None:
    assert settled(file, 100.0, patience) == verdict


@pytest.mark.parametrize(
    ("before", "now", "since"),
    [
        (frozenset(), BESIDE, 100.0),
        (BESIDE, BESIDE, 100.0),
        (BESIDE, frozenset(), 200.0),
        (BESIDE, frozenset({"a.json"}), 200.0),
    ],
)
def test_a_sidecar_that_leaves_starts_the_wait_of_its_document_afresh(
    before: frozenset[str], now: frozenset[str], since: float
) -> None:
    again = seen_again(replace(seen(WHOLE), sidecars=before), LOOK, 200.0, sidecars=now)

    assert (again.since, again.sidecars) == (since, now)


@pytest.mark.parametrize("changed", [{"size": 2}, {"mtime_ns": 2}, {"inode": 2}, {"device": 2}])
def test_a_look_is_of_what_did_not_change(changed: dict[str, int]) -> None:
    def stat(size: int = 1, mtime_ns: int = 1, inode: int = 1, device: int = 1) -> os.stat_result:
        fields = (0o100644, inode, device, 1, 0, 0, size, 0, 0, 0)
        return os.stat_result(fields, {"st_mtime_ns": mtime_ns})

    look = Look.of(stat())

    assert look.is_of(stat())
    assert not look.is_of(stat(**changed))
