"""Which stamps prove that a file had lain still when it was first seen."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import pytest

from ingestd.intake.stamps import NO_PROOF, Stamps, WallClock

NOW = 1_000_000.0
HERE, ELSEWHERE = 7, 8
STAMPS = Stamps(HERE, now=NOW, steady=3600.0, quiet=30.0)


def found(changed: float, written: float, device: int = HERE) -> os.stat_result:
    """A file by how many seconds ago it was changed in any way, and written."""
    fields = (0o100644, 1, device, 1, 0, 0, 1000, 0, 0, 0)
    return os.stat_result(fields, {"st_ctime": NOW - changed, "st_mtime": NOW - written})


@pytest.mark.parametrize(
    ("file", "proven"),
    [
        (found(3000, 3000), True),
        (found(32, 32), True),
        (found(31.9, 3000), False),  # copied with its stamps, or moved in, just now
        (found(3000, 31.9), False),
        (found(0, 0), False),
        (found(-5, 3000), False),  # from the future, or the clock was set back
        (found(3000, -5), False),
        (found(3000, 3000, ELSEWHERE), False),
    ],
)
def test_a_file_lay_still_if_both_its_stamps_are_old(file: os.stat_result, *, proven: bool) -> None:
    assert STAMPS.prove(file) is proven


@pytest.mark.parametrize(("moved_in", "proven"), [(3000, True), (32, True), (31.9, False)])
def test_what_was_moved_in_with_its_folder_did_not_lie_there(
    moved_in: float, *, proven: bool
) -> None:
    assert STAMPS.prove(found(3000, 3000), NOW - moved_in) is proven


@pytest.mark.parametrize(("steady", "proven"), [(32.0, True), (31.9, False), (0.0, False)])
def test_no_file_lay_still_for_longer_than_the_clock_was_not_set(
    steady: float, *, proven: bool
) -> None:
    assert replace(STAMPS, steady=steady).prove(found(3000, 3000)) is proven


def test_stamps_that_are_not_trusted_prove_nothing() -> None:
    assert not replace(STAMPS, device=None).prove(found(3000, 3000))
    assert not NO_PROOF.prove(found(3000, 3000))


@dataclass
class Clocks:
    """A wall clock, and one that is never set."""

    wall: float = NOW
    clock: float = 50.0

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.clock += seconds

    def watched(self) -> WallClock:
        return WallClock(lambda: self.wall, lambda: self.clock)


def test_a_clock_that_was_not_set_is_trusted_for_ever() -> None:
    clocks = Clocks()
    watched = clocks.watched()
    clocks.pass_by(100.0)
    clocks.wall += 0.4  # the two were not read at once

    stamps = watched.stamps(HERE, 30.0)

    assert (stamps.device, stamps.now, stamps.quiet) == (HERE, clocks.wall, 30.0)
    assert stamps.prove(found(3000, 3000))


@pytest.mark.parametrize("step", [3600.0, -3600.0, 0.6])
def test_a_clock_that_was_set_is_trusted_again_once_files_may_have_lain_still_since(
    step: float,
) -> None:
    clocks = Clocks()
    watched = clocks.watched()
    clocks.pass_by(100.0)
    clocks.wall += step

    steady = []
    for passed in (0.0, 10.0, 22.0):
        clocks.pass_by(passed)
        steady.append(watched.stamps(HERE, 30.0).steady)

    assert steady == [0.0, 10.0, 32.0]


def test_a_clock_that_is_set_a_little_at_a_time_was_set_as_well() -> None:
    clocks = Clocks()
    watched = clocks.watched()

    for _ in range(4):
        clocks.wall += 0.2
        clocks.pass_by(10.0)
        stamps = watched.stamps(HERE, 30.0)

    assert stamps.steady == 10.0
