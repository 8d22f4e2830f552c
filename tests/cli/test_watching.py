"""What a terminal is sent to show something in place of what it showed before."""

from __future__ import annotations

import pytest

from ingestd.cli.watching import frame


@pytest.mark.parametrize(
    ("text", "columns", "rows", "sent"),
    [
        ("a\nb", 80, 24, "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J"),
        ("a\nb\nc", 80, 3, "\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J"),  # no more, or it would scroll
        ("abcde\nf", 3, 3, "\x1b[Habcde\x1b[K\n\x1b[J"),  # the first takes two rows
        ("abc\nf", 3, 3, "\x1b[Habc\x1b[K\nf\x1b[K\n\x1b[J"),
    ],
)
def test_a_frame_begins_at_home_and_clears_what_it_does_not_fill(
    text: str, columns: int, rows: int, sent: str
) -> None:
    assert frame(text, columns, rows) == sent
