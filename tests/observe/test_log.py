from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestd.observe import LEVELS, Audience, forward_libraries, open_log, printable
from tests.observe.streams import Terminal, lines

AWKWARD = {
    "newline": "a\nb.pdf",
    "carriage return": "a\rb.pdf",
    "escape sequence": "a\x1b[2J\x1b]0;b\x07.pdf",
    "bidi": "a\u202efdp.b",
    "line separator": "a\u2028b.pdf",
    "undecodable": "r\udce9sum\udce9.pdf",
    "umlaut": "Rechnung für März.pdf",
}
awkward = pytest.mark.parametrize("name", AWKWARD.values(), ids=AWKWARD.keys())


# ---- formats -------------------------------------------------------------------------------------


def test_a_line_is_json_where_nobody_looks_on() -> None:
    stream = io.StringIO()

    open_log(stream).bind(inbox="scanner").info("document.delivered", size=3, path=Path("/a.pdf"))

    (event,) = lines(stream)
    assert list(event)[:3] == ["timestamp", "level", "event"]
    written = datetime.fromisoformat(event.pop("timestamp"))
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=1)
    assert event == {
        "level": "info",
        "event": "document.delivered",
        "inbox": "scanner",
        "size": 3,
        "path": "/a.pdf",
    }


def test_a_line_is_for_people_on_a_terminal() -> None:
    stream = Terminal()

    open_log(stream, environ={"NO_COLOR": "1"}).warning("document.failed", path="a.pdf", size=3)

    (line,) = stream.getvalue().splitlines()
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[warning +\] document\.failed +", line)
    assert line.endswith("path=a.pdf size=3")


@pytest.mark.parametrize(
    ("form", "stream", "is_json"),
    [
        ("auto", Terminal(), False),
        ("auto", io.StringIO(), True),
        ("json", Terminal(), True),
        ("console", io.StringIO(), False),
    ],
    ids=["on a terminal", "elsewhere", "json said", "console said"],
)
def test_the_format_is_as_said_or_as_fits_the_stream(
    form: Any, stream: io.StringIO, is_json: bool
) -> None:
    open_log(stream, form=form).info("daemon.started")

    assert stream.getvalue().startswith("{") is is_json


@pytest.mark.parametrize(
    ("stream", "environ", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    stream: io.StringIO, environ: dict[str, str], coloured: bool
) -> None:
    open_log(stream, form="console", environ=environ).info("daemon.started")

    assert ("\x1b[" in stream.getvalue()) is coloured


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_below_the_level_is_left_out(level: str) -> None:
    stream = io.StringIO()
    log = open_log(stream, level=level)

    for name in LEVELS:
        getattr(log, name)("document.seen")

    assert [event["level"] for event in lines(stream)] == list(LEVELS)[list(LEVELS).index(level) :]


def test_an_exception_is_told_with_where_it_came_from() -> None:
    stream = io.StringIO()
    log = open_log(stream)

    try:
        int("broken")
    except ValueError:
        log.exception("document.deferred")

    (event,) = lines(stream)
    assert event["level"] == "error"
    assert "test_log.py" in event["exception"]
    assert event["exception"].endswith("'broken'")


# ---- names that are not harmless -----------------------------------------------------------------


@awkward
@pytest.mark.parametrize("form", ["console", "json"])
def test_a_name_stays_on_its_line_and_harmless(form: Any, name: str) -> None:
    stream = io.StringIO()

    open_log(stream, form=form).info("document.seen", path=name, folder=Path(name), names=[name])

    line = stream.getvalue()
    assert line.endswith("\n")
    assert line[:-1].isprintable()


@awkward
def test_a_name_in_json_is_read_back_as_it_is(name: str) -> None:
    stream = io.StringIO()

    open_log(stream).info("document.seen", path=name)

    assert lines(stream)[0]["path"] == name


@awkward
@pytest.mark.parametrize("form", ["console", "json"])
def test_a_stream_that_knows_only_ascii_takes_every_name(form: Any, name: str) -> None:
    taken = io.BytesIO()
    stream = io.TextIOWrapper(taken, "ascii")

    open_log(stream, form=form).info("document.seen", path=name)

    assert taken.getvalue().decode("ascii").count("\n") == 1


def test_a_traceback_for_people_holds_no_control_characters() -> None:
    stream = io.StringIO()
    error = ValueError("a\x1b[2J\u202eb")

    open_log(stream, form="console").error("document.deferred", exc_info=error)

    assert all(line.isprintable() for line in stream.getvalue().split("\n"))
    assert r"ValueError: a\x1b[2J\u202eb" in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rechnung für März.pdf", "Rechnung für März.pdf"),
        ("a\nb", r"a\nb"),
        ("a\x1b[1mb", r"a\x1b[1mb"),
        ("a\u202eb", r"a\u202eb"),
        ("\udce9", r"\udce9"),
        ("", ""),
    ],
)
def test_printable_shows_what_cannot_be_shown_as_an_escape(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize("audience", [None, Audience()])
def test_a_level_that_changes_is_heeded_from_then_on(audience: Audience | None) -> None:
    stream, levels = io.StringIO(), ["warning"]
    log = open_log(stream, level=lambda: levels[-1], audience=audience).bind(inbox="scanner")

    for level in ("warning", "debug", "info"):
        levels.append(level)
        log.debug("document.seen", at=level)
        log.info("document.delivered", at=level)

    assert [(event["event"], event["at"]) for event in lines(stream)] == [
        ("document.seen", "debug"),
        ("document.delivered", "debug"),
        ("document.delivered", "info"),
    ]


# ---- libraries -----------------------------------------------------------------------------------


@pytest.fixture
def library() -> Iterator[logging.Logger]:
    logger = logging.getLogger("a.library.of.tests")
    yield logger
    logger.handlers, logger.propagate = [], True


def test_what_a_library_warns_of_is_logged_once(library: logging.Logger) -> None:
    stream = io.StringIO()
    log = open_log(stream)

    forward_libraries(log, library.name)
    forward_libraries(log, library.name)
    library.getChild("inotify").warning("queue overflow: %d\nlost", 3)
    library.info("nothing")

    (event,) = lines(stream)
    assert (event["level"], event["event"]) == ("warning", "library")
    assert event["logger"] == "a.library.of.tests.inotify"
    assert event["message"] == "queue overflow: 3\nlost"
