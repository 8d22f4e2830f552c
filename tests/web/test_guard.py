from __future__ import annotations

import pytest

from ingestd.web import Guard


@pytest.mark.parametrize(
    ("authorization", "admitted"),
    [
        ("Bearer s3cr3t", True),
        ("bearer  s3cr3t ", True),
        ("Bearer s3cr3", False),
        ("Bearer s3cr3tt", False),
        ("Bearer S3CR3T", False),
        ("Bearer ", False),
        ("Basic s3cr3t", False),
        ("s3cr3t", False),
        ("Bearer s3cr3t\xff", False),
        ("", False),
    ],
)
def test_who_has_the_token_is_admitted(authorization: str, admitted: bool) -> None:
    assert Guard(lambda: "s3cr3t").admits(authorization) is admitted


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer "])
def test_while_the_token_cannot_be_read_nobody_is_admitted(authorization: str) -> None:
    assert not Guard(lambda: "").admits(authorization)


def test_where_no_token_is_needed_everybody_is() -> None:
    assert Guard(None).admits("")
