from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.events import (
    DirCreatedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileOpenedEvent,
    FileSystemEvent,
)
from watchdog.observers.api import EventQueue, ObservedWatch
from watchdog.observers.inotify_c import InotifyEvent

from ingestd.intake.inotify import Emitter, Reader
from ingestd.intake.watch import Hint, hint_of, left_out
from tests.intake.hearing import PATIENTLY, Heard, Watching, assert_hints_flow


def test_a_file_that_is_written_gives_hints_that_prove_nothing(
    root: Path, watching: Watching, heard: Heard
) -> None:
    watching()

    (root / "invoice.pdf").write_bytes(b"%PDF-")

    assert heard.until(Hint("invoice.pdf")) == []  # created
    assert heard.until(Hint("invoice.pdf")) == []  # closed


def test_a_file_moved_in_from_elsewhere_arrived_whole(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-")
    watching()

    (tmp_path / "invoice.pdf").rename(root / "invoice.pdf")

    assert heard.until(Hint("invoice.pdf", arrived_whole=True)) == []


@pytest.mark.parametrize("recursive", [False, True])
def test_a_file_renamed_from_its_working_name_arrived_whole(
    root: Path, watching: Watching, heard: Heard, recursive: bool
) -> None:
    watching(recursive=recursive)
    part = root / "invoice.pdf.part"

    part.write_bytes(b"%PDF-")
    part.rename(root / "invoice.pdf")

    assert heard.until(Hint("invoice.pdf", arrived_whole=True)) == []


def test_a_hard_link_gives_a_hint(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-")
    watching()

    (root / "invoice.pdf").hardlink_to(tmp_path / "invoice.pdf")

    heard.until(Hint("invoice.pdf"))


def test_reading_or_taking_a_file_gives_no_hint(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    (root / "invoice.pdf").write_bytes(b"%PDF-")
    (root / "other.pdf").write_bytes(b"%PDF-")
    watching()

    (root / "invoice.pdf").read_bytes()
    (root / "invoice.pdf").chmod(0o600)
    (root / "invoice.pdf").rename(tmp_path / "invoice.pdf")
    (root / "other.pdf").unlink()
    (root / "last.pdf").write_bytes(b"")

    assert heard.until(Hint("last.pdf")) == []


@pytest.mark.parametrize("recursive", [False, True])
def test_what_ingestd_does_itself_gives_no_hint(
    root: Path, watching: Watching, heard: Heard, recursive: bool
) -> None:
    (root / "invoice.pdf").write_bytes(b"%PDF-")
    (root / ".ingestd").mkdir()
    watching(recursive=recursive)

    (root / ".ingestd/work/1").mkdir(parents=True)
    (root / "invoice.pdf").rename(root / ".ingestd/work/1/invoice.pdf")
    (root / "last.pdf").write_bytes(b"")

    assert heard.until(Hint("last.pdf")) == []


def test_files_in_folders_give_hints_if_folders_are_followed(
    root: Path, watching: Watching, heard: Heard
) -> None:
    watching(recursive=True)

    (root / "sub").mkdir()
    heard.until(Hint(None))
    (root / "sub/invoice.pdf").write_bytes(b"%PDF-")

    heard.until(Hint("sub/invoice.pdf"))


def test_what_is_put_away_gives_no_hint(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    (root / "done/2026").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(root)
    watching(recursive=True, skip=[link / "done"])

    (root / "done/invoice.pdf").write_bytes(b"%PDF-")
    (root / "done/2026/invoice.pdf").write_bytes(b"%PDF-")
    (root / "last.pdf").write_bytes(b"")

    assert heard.until(Hint("last.pdf")) == []


def test_a_folder_moved_in_is_a_reason_to_list(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/invoice.pdf").write_bytes(b"%PDF-")
    watching(recursive=True)

    (tmp_path / "sub").rename(root / "sub")

    heard.until(Hint(None))
    assert_hints_flow(root, heard, "sub/next.pdf")


def test_a_folder_that_moves_within_the_inbox_is_watched_where_it_went(
    root: Path, watching: Watching, heard: Heard
) -> None:
    (root / "sub/below").mkdir(parents=True)
    watching(recursive=True)

    (root / "sub").rename(root / "moved")

    heard.until(Hint(None))
    assert_hints_flow(root, heard, "moved/next.pdf")
    assert_hints_flow(root, heard, "moved/below/next.pdf")


def test_a_symlinked_inbox_is_watched(
    root: Path, tmp_path: Path, watching: Watching, heard: Heard
) -> None:
    link = tmp_path / "link"
    link.symlink_to(root)
    watching(link)

    assert_hints_flow(link, heard)


class Recording(Reader):
    """Keeps the names of what the kernel tells, up to `last.pdf`."""

    def __init__(self) -> None:
        super().__init__(on_loss=lambda: None)
        self.names: list[bytes] = []
        self.last = threading.Event()

    def handle_event(self, event: InotifyEvent) -> None:
        self.names.append(event.name)
        if event.name == b"last.pdf":
            self.last.set()


@pytest.fixture
def recording() -> Iterator[Recording]:
    reader = Recording()
    reader.start()
    yield reader
    reader.stop()
    reader.join(PATIENTLY)


@pytest.mark.parametrize("recursive", [False, True])
def test_what_leaves_wakes_nobody(
    root: Path, tmp_path: Path, recording: Recording, recursive: bool
) -> None:
    for file in (root / "claimed.pdf", tmp_path / "last.pdf"):
        file.write_bytes(b"%PDF-")
    (root / "folder").mkdir()
    place = ObservedWatch(str(root), recursive=recursive)
    emitter = Emitter(EventQueue(), place, event_filter=[FileMovedEvent], inotify_fd=recording)
    emitter.start()

    (root / "claimed.pdf").rename(tmp_path / "claimed.pdf")
    (root / "folder").rename(tmp_path / "folder")
    (tmp_path / "last.pdf").rename(root / "last.pdf")

    assert recording.last.wait(PATIENTLY)
    assert recording.names == [b"last.pdf"]
    emitter.stop()
    emitter.join(PATIENTLY)


@pytest.mark.parametrize(
    ("event", "hint"),
    [
        (FileMovedEvent("", "/in/a.pdf"), Hint("a.pdf", arrived_whole=True)),
        (FileMovedEvent("/in/a.part", "/in/a.pdf"), Hint("a.pdf", arrived_whole=True)),
        (FileMovedEvent("/in/x/a", "/in/y/a", is_synthetic=True), Hint("y/a")),
        (FileMovedEvent("/in/a.pdf", ""), None),
        (FileMovedEvent("/in/a.pdf", "/in/a.tmp"), None),
        (FileCreatedEvent("/in/a.pdf"), Hint("a.pdf")),
        (FileClosedEvent("/in/sub/a.pdf"), Hint("sub/a.pdf")),
        (FileClosedEvent(b"/in/caf\xe9.pdf"), Hint("caf\udce9.pdf")),
        (FileClosedEvent("/in/.ingestd/work/1/a.pdf"), None),
        (FileClosedEvent("/in/@eaDir/a.pdf"), None),
        (FileClosedEvent("/inbox/a.pdf"), None),
        (FileClosedEvent("/in"), None),
        (FileOpenedEvent("/in/a.pdf"), None),
        (DirCreatedEvent("/in/sub"), Hint(None)),
        (DirMovedEvent("", "/in/sub"), Hint(None)),
        (DirMovedEvent("/in/sub", ""), None),
        (DirCreatedEvent("/in/.ingestd"), None),
        (DirModifiedEvent("/in"), None),
    ],
)
def test_an_event_is_a_hint_or_nothing(event: FileSystemEvent, hint: Hint | None) -> None:
    assert hint_of(event, "/in") == hint


@pytest.mark.parametrize(
    ("path", "out"),
    [
        ("/in", False),
        ("/in/sub", False),
        ("/in/done", True),
        ("/in/done/2026/05", True),
        ("/in/done and paid", False),
        ("/in/sub/done", False),
        ("/in/.ingestd", True),
        ("/in/.ingestd/work/1", True),
        ("/in/sub/@eaDir", True),
    ],
)
def test_folders_without_documents_are_left_out(path: str, out: bool) -> None:
    assert left_out(path, "/in", ["/in/done", "/elsewhere/failed"]) is out


def test_an_inbox_that_lies_below_what_is_left_out_elsewhere_is_watched() -> None:
    assert not left_out("/srv/.scans", "/srv/.scans", ["/srv"])
    assert not left_out("/srv/.scans/sub", "/srv/.scans", ["/srv", "/srv/.scans"])


def test_every_name_below_the_filesystem_s_root_is_inside() -> None:
    assert hint_of(FileCreatedEvent("/a.pdf"), os.sep) == Hint("a.pdf")
