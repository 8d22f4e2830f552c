from __future__ import annotations

import pytest

from ingestd.shrink.answers import LONGEST_HEAD, NotShrunk, Shrunk, understood, written


@pytest.mark.parametrize(
    "answer", [Shrunk(b"%PDF-1.7\n...\n", 200, 75), NotShrunk("Es ist signiert: nichts zu ändern.")]
)
def test_an_answer_is_understood_as_it_was_meant(answer: Shrunk | NotShrunk) -> None:
    assert understood(written(answer)) == answer


def test_a_why_is_cut_to_what_a_person_reads() -> None:
    assert understood(written(NotShrunk("x" * 10_000))) == NotShrunk("x" * 500)


def test_the_head_is_not_longer_than_is_allowed_for() -> None:
    assert len(written(NotShrunk("\u2028" * 10_000))) <= LONGEST_HEAD


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"garbage",
        b"null\n",
        b"[" * 200_000,
        b"{}\n%PDF-1.7",
        b'{"why": ""}\n',
        b'{"why": 1}\n',
        b'{"dpi": 150}\n%PDF-1.7',
        b'{"dpi": 150, "quality": "good"}\n%PDF-1.7',
        b'{"dpi": 150, "quality": 75}\nno PDF',
        b'{"dpi": 150, "quality": 75}',
    ],
    ids=lambda said: repr(said[:40]),
)
def test_anything_else_is_no_answer(said: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        understood(said)
