"""What the journal is given: lines that say how important they are."""

from __future__ import annotations

import io
import json
import os
import socket
from collections.abc import Iterator
from typing import TextIO

import pytest

from ingestd.observe import Log, is_journal, open_log, with_level

Journal = tuple[socket.socket, TextIO]


@pytest.fixture
def journal() -> Iterator[Journal]:
    """The journal's end of a stream, and ours."""
    theirs, ours = socket.socketpair()
    with theirs, ours, ours.makefile("w", encoding="utf-8") as stream:
        theirs.settimeout(10)
        yield theirs, stream


def named(stream: TextIO) -> dict[str, str]:
    """The environment that systemd makes for a stream to its journal."""
    found = os.fstat(stream.fileno())
    return {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}


def test_a_stream_is_the_journal_that_the_environment_names(journal: Journal) -> None:
    assert is_journal(journal[1], named(journal[1]))


def test_a_stream_that_was_redirected_since_is_not(journal: Journal) -> None:
    with open(os.devnull, "w", encoding="utf-8") as elsewhere:
        assert not is_journal(elsewhere, named(journal[1]))


@pytest.mark.parametrize("environ", [{}, {"JOURNAL_STREAM": ""}, {"JOURNAL_STREAM": "8"}])
def test_a_stream_of_no_file_is_not(environ: dict[str, str]) -> None:
    assert not is_journal(io.StringIO(), environ)


@pytest.mark.parametrize(
    ("level", "mark"), [("debug", "<7>"), ("info", "<6>"), ("warning", "<4>"), ("error", "<3>")]
)
def test_a_line_begins_with_its_level_and_is_json_behind(
    journal: Journal, level: str, mark: str
) -> None:
    theirs, stream = journal
    log: Log = open_log(stream, level="debug", environ=named(stream))

    getattr(log, level)("document.seen", path="a\nb.pdf")

    line = theirs.recv(4096).decode()
    assert line.startswith(mark)
    assert json.loads(line[3:])["path"] == "a\nb.pdf"


def test_a_traceback_for_people_has_its_level_on_each_line(journal: Journal) -> None:
    theirs, stream = journal
    log = open_log(stream, form="console", environ=named(stream))

    try:
        int("a bug")
    except ValueError:
        log.exception("document.deferred")

    said = theirs.recv(65536).decode().splitlines()
    assert len(said) > 1
    assert {line[:3] for line in said} == {"<3>"}


def test_a_stream_that_is_not_the_journal_gets_no_levels(journal: Journal) -> None:
    theirs, stream = journal

    open_log(stream, environ={}).info("daemon.started")

    assert theirs.recv(4096).startswith(b"{")


def test_a_level_of_another_name_is_an_error() -> None:
    assert with_level("a", "critical") == "<3>a"
