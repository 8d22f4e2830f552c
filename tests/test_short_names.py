"""Documents on a share that takes only short names, as an encrypted one of some NAS does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.filing import Cabinet
from ingestd.intake import Look, Workplace
from tests.mounting import mounts_allowed
from tests.sharing import Share

LONGEST = 143
NAME = "a" * (LONGEST - 4) + ".pdf"
SECOND = "a" * (LONGEST - 8) + " (2).pdf"


@pytest.fixture
def longest() -> int:
    return LONGEST


@pytest.fixture
def inbox(tmp_path: Path, longest: int) -> Iterator[Path]:
    (tmp_path / "server").mkdir()
    with mounts_allowed(tmp_path / "scans") as point:
        share = Share(tmp_path / "server", point, longest_name=longest)
        Workplace(point).folder.mkdir(parents=True)
        yield point
        share.close()


def claimed(inbox: Path) -> Workplace:
    (inbox / NAME).write_bytes(b"one")
    workplace = Workplace(inbox)
    workplace.claim(NAME, Look.of((inbox / NAME).lstat()), "id-1")
    return workplace


def test_one_that_goes_back_beside_another_of_its_name_has_one_that_fits(inbox: Path) -> None:
    workplace = claimed(inbox)
    (inbox / NAME).write_bytes(b"another")

    assert workplace.release("id-1", NAME) == inbox / SECOND

    assert (inbox / SECOND).read_bytes() == b"one"


@pytest.mark.parametrize("longest", [0])
def test_a_share_that_does_not_say_how_long_a_name_may_be_is_one_like_others(inbox: Path) -> None:
    workplace = claimed(inbox)
    (inbox / NAME).write_bytes(b"another")

    assert workplace.release("id-1", NAME) == inbox / NAME.replace(".pdf", " (2).pdf")


@pytest.mark.parametrize("longest", [6 * 255])
def test_where_a_name_may_have_more_bytes_than_characters_the_latter_count(inbox: Path) -> None:
    name = "a" * 251 + ".pdf"
    (inbox / name).write_bytes(b"one")
    workplace = Workplace(inbox)
    workplace.claim(name, Look.of((inbox / name).lstat()), "id-1")
    (inbox / name).write_bytes(b"another")

    assert workplace.release("id-1", name) == inbox / ("a" * 247 + " (2).pdf")


def test_one_that_is_put_away_beside_another_of_its_name_has_one_that_fits(inbox: Path) -> None:
    file = claimed(inbox).file("id-1", NAME)
    done = inbox / "done"
    done.mkdir()
    (done / NAME).write_bytes(b"another")
    cabinet = Cabinet(done, inbox / "failed", done)

    put = cabinet.put_away(file, done, reason="", before_move=lambda _: None)

    assert put == done / SECOND
