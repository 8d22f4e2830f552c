"""Others hear what the log is told, without changing what it writes."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ingestd.observe import Audience, open_log
from ingestd.observe.audience import MOST_KEPT


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


def test_what_was_said_before_anybody_listened_is_heard_by_those_who_begin_together() -> None:
    heard: dict[str, list[str]] = {"first": [], "second": [], "late": []}
    audience = Audience()
    audience.hear({"event": "ledger.set_aside"})
    for name in ("first", "second"):
        audience.add(lambda event, name=name: heard[name].append(event["event"]))  # type: ignore[misc]
    audience.hear({"event": "daemon.started"})
    audience.add(lambda event: heard["late"].append(event["event"]))

    assert heard == {
        "first": ["ledger.set_aside", "daemon.started"],
        "second": ["ledger.set_aside", "daemon.started"],
        "late": [],
    }


def test_not_everything_is_kept_for_those_who_never_come() -> None:
    heard: list[Mapping[str, Any]] = []
    audience = Audience()
    for number in range(MOST_KEPT + 5):
        audience.hear({"event": str(number)})

    audience.add(heard.append)

    assert [event["event"] for event in heard] == [str(number) for number in range(MOST_KEPT)]


def test_whoever_left_hears_nothing_more_and_the_next_nothing_of_before() -> None:
    left: list[Mapping[str, Any]] = []
    later: list[Mapping[str, Any]] = []
    audience = Audience()
    audience.add(left.append)
    audience.hear({"event": "one"})

    audience.remove(left.append)
    audience.hear({"event": "two"})
    audience.add(later.append)

    assert [event["event"] for event in left] == ["one"]
    assert later == []


class _AddsAnother:
    """A listener that, while it is looked for, has another thread add one more."""

    def __init__(self, audience: Audience, another: Callable[[Mapping[str, Any]], None]) -> None:
        self.adding = threading.Thread(target=audience.add, args=(another,))

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Hear nothing."""

    def __eq__(self, other: object) -> bool:
        if self.adding.ident is None:
            self.adding.start()
            self.adding.join(0.2)  # it must wait until the other is removed
        return False

    def __hash__(self) -> int:
        return id(self)


def test_one_that_is_added_while_another_is_removed_is_not_lost() -> None:
    heard: list[Mapping[str, Any]] = []
    audience = Audience()
    listener = _AddsAnother(audience, heard.append)
    audience.add(listener)

    audience.remove(lambda _: None)
    listener.adding.join(30)
    audience.hear({"event": "one"})

    assert len(heard) == 1


def test_a_listener_with_a_bug_keeps_nobody_else_from_hearing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: Mapping[str, Any]) -> None:
        raise ZeroDivisionError

    heard: list[Mapping[str, Any]] = []
    audience = Audience()
    audience.add(fail)
    audience.add(heard.append)

    open_log(io.StringIO(), audience=audience).info("document.delivered")

    assert [event["event"] for event in heard] == ["document.delivered"]
    assert "ZeroDivisionError" in capsys.readouterr().err
