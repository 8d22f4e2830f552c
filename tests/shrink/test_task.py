from __future__ import annotations

from typing import NoReturn

import pytest

from ingestd.shrink.answers import NotShrunk, Shrunk, Unshrinkable, understood
from ingestd.shrink.picture import Step
from ingestd.shrink.task import ShrinkTask


def failing_with(error: Exception) -> ShrinkTask:
    def shrink(*_: object) -> NoReturn:
        raise error

    return ShrinkTask(shrink)


def test_what_fits_is_handed_on_with_how_it_was_made() -> None:
    asked = list[tuple[bytes, int]]()

    def shrink(document: bytes, fits: int) -> tuple[bytes, Step]:
        asked.append((document, fits))
        return b"%PDF-1.7", Step(200, 75)

    answer = understood(ShrinkTask(shrink)(b"a document", "1000"))

    assert answer == Shrunk(b"%PDF-1.7", 200, 75)
    assert asked == [(b"a document", 1000)]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Unshrinkable("It is signed."), "It is signed."),
        (KeyError("/Pages"), "It cannot be read: KeyError: '/Pages'"),
    ],
)
def test_why_there_is_no_copy_is_an_answer_too(error: Exception, why: str) -> None:
    assert understood(failing_with(error)(b"", "1")) == NotShrunk(why)


def test_a_process_without_memory_is_worth_nothing_any_more() -> None:
    with pytest.raises(MemoryError):
        failing_with(MemoryError())(b"", "1")
