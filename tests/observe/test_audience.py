"""Others hear what the log is told, without changing what it writes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest

from ingestd.observe import Audience, open_log


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_everything_from_info_upwards_is_heard_whatever_is_written(level: str) -> None:
    heard: list[Mapping[str, Any]] = []
    audience = Audience()
    audience.add(heard.append)
    log = open_log(io.StringIO(), level=level, audience=audience)

    log.debug("document.seen")
    log.bind(inbox="scanner").info("document.delivered", path="a.pdf")
    log.warning("inbox.unavailable")
    log.error("account.paused")

    assert [(event["level"], event["event"]) for event in heard] == [
        ("info", "document.delivered"),
        ("warning", "inbox.unavailable"),
        ("error", "account.paused"),
    ]
    assert heard[0].items() >= {"inbox": "scanner", "path": "a.pdf"}.items()


def test_what_is_only_heard_is_not_written() -> None:
    stream, audience = io.StringIO(), Audience()
    audience.add(lambda _: None)

    open_log(stream, level="error", audience=audience).info("document.delivered")

    assert stream.getvalue() == ""


def test_who_went_away_hears_nothing_more() -> None:
    heard: list[Mapping[str, Any]] = []
    audience = Audience()
    audience.add(heard.append)
    audience.remove(heard.append)

    open_log(io.StringIO(), audience=audience).info("document.delivered")

    assert heard == []
