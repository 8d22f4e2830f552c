"""What is said of documents that cannot go on: once, however often it is tried."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ingestd.daemon.reporter import Reporter
from ingestd.errors import (
    ContentUnderWay,
    FolderUnusable,
    InboxUnavailable,
    LedgerUnusable,
    StaleState,
)
from ingestd.model import Document, Outcome, State
from ingestd.observe import open_log
from tests.ledger.documents import document


class Told:
    """A reporter, and what it said."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.changes = 0
        self.reporter = Reporter("scanner", open_log(self._stream), changed=self._count)

    def complain(self, error: Exception, *names: str, state: State = State.CLAIMED) -> None:
        for name in names:
            self.reporter.complain(document(name=name, state=state), error)

    def went_on(self, *names: str) -> None:
        for name in names:
            self.reporter.outcome(_delivered(name), 1.0)

    def _count(self) -> None:
        self.changes += 1

    def held(self) -> dict[str, str]:
        return {one.path: one.error for one in self.reporter.held}

    def named(self) -> list[Any]:
        lines = [json.loads(line) for line in self._stream.getvalue().splitlines()]
        return [line["path"] for line in lines if line["event"] == "document.deferred"]


def _delivered(name: str) -> Document:
    return replace(document(name=name), outcome=Outcome.DELIVERED)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.mark.parametrize(
    "shared",
    [InboxUnavailable("read-only"), LedgerUnusable("full"), FolderUnusable("done/ is full")],
    ids=lambda error: type(error).__name__,
)
def test_trouble_that_documents_share_is_said_once(told: Told, shared: Exception) -> None:
    told.complain(shared, "a.pdf", "b.pdf", "a.pdf")

    assert told.named() == ["a.pdf"]


@pytest.mark.parametrize(
    "own",
    [PermissionError(13, "denied"), StaleState("moved on"), ContentUnderWay("wait"), ValueError()],
    ids=lambda error: type(error).__name__,
)
def test_a_document_s_own_trouble_is_said_once_of_each(told: Told, own: Exception) -> None:
    told.complain(own, "a.pdf", "b.pdf", "a.pdf", "b.pdf")

    assert told.named() == ["a.pdf", "b.pdf"]


def test_trouble_that_comes_back_once_it_was_over_is_said_again(told: Told) -> None:
    full = LedgerUnusable("full")
    told.complain(full, "a.pdf", "b.pdf")
    told.went_on("a.pdf")
    told.complain(full, "b.pdf", "c.pdf")
    assert told.named() == ["a.pdf"]

    told.went_on("b.pdf", "c.pdf")
    told.complain(full, "d.pdf")

    assert told.named() == ["a.pdf", "d.pdf"]


def test_what_kanbert_has_and_its_folder_has_not_is_said_too(told: Told) -> None:
    full = LedgerUnusable("full")
    told.complain(full, "a.pdf", "b.pdf")

    told.complain(full, "c.pdf", "d.pdf", state=State.UPLOADED)

    assert told.named() == ["a.pdf", "c.pdf"]


def test_what_is_not_there_any_more_keeps_nothing_back(told: Told) -> None:
    told.complain(LedgerUnusable("full"), "a.pdf")
    told.reporter.keep({"b.pdf"})  # somebody took a.pdf away

    told.complain(LedgerUnusable("full"), "b.pdf")

    assert told.named() == ["a.pdf", "b.pdf"]


def test_what_is_still_there_is_not_said_again(told: Told) -> None:
    told.complain(LedgerUnusable("full"), "a.pdf", "b.pdf")
    told.reporter.keep({"b.pdf"})

    told.complain(LedgerUnusable("full"), "b.pdf")

    assert told.named() == ["a.pdf"]


def test_who_asks_hears_of_each_document_what_keeps_it_from_going_on(told: Told) -> None:
    told.complain(FolderUnusable("done/ is full"), "a.pdf", "b.pdf")
    told.complain(PermissionError(13, "denied", "/scans/c.pdf"), "c.pdf")
    told.complain(ValueError(), "d.pdf")

    assert told.held() == {
        "a.pdf": "done/ is full",
        "b.pdf": "done/ is full",
        "c.pdf": "/scans/c.pdf: denied.",
        "d.pdf": "ValueError",
    }


@pytest.mark.parametrize(
    "go_on",
    [
        lambda reporter: reporter.outcome(_delivered("a.pdf"), 1.0),
        lambda reporter: reporter.keep({"b.pdf"}),
        lambda reporter: reporter.goes_on("a.pdf"),
    ],
    ids=["put away", "taken away", "waits for something else now"],
)
def test_a_document_that_goes_on_is_held_no_more(
    told: Told, go_on: Callable[[Reporter], None]
) -> None:
    told.complain(FolderUnusable("done/ is full"), "a.pdf", "b.pdf")
    before = told.changes

    go_on(told.reporter)

    assert set(told.held()) == {"b.pdf"}
    assert told.changes == before + 1


def test_nobody_hears_of_what_is_as_it_was(told: Told) -> None:
    for _ in range(3):
        told.complain(FolderUnusable("done/ is full"), "a.pdf")
        told.reporter.keep({"a.pdf"})
        told.went_on("another.pdf")

    assert told.changes == 1


def test_a_bug_holds_a_document_too(told: Told) -> None:
    told.reporter.stumbled(document(name="a.pdf"), ValueError("a bug"))

    assert told.held() == {"a.pdf": "a bug"}
    assert told.reporter
