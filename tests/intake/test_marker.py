from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestd.errors import InboxUnavailable
from ingestd.intake.marker import (
    Foreign,
    Judgement,
    Marker,
    MarkNew,
    NotMounted,
    Ours,
    Remembered,
    Renewed,
    judge,
)
from ingestd.intake.mounts import Mount
from tests.hardship import where_the_disk_answers, without_waiting
from tests.intake.marking import mark, marker_of
from tests.meddling import take_name_and_die

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SHARE = Mount("cifs", "//nas/scans", "/", "/srv/scans")
DISK = Mount("ext4", "/dev/sda1", "/", "/")


@pytest.mark.parametrize(
    ("found", "remembered", "mount", "judgement"),
    [
        (None, None, SHARE, MarkNew),
        (None, None, None, MarkNew),
        ("a", None, SHARE, Ours),
        ("a", Remembered.of("a", SHARE), SHARE, Ours),
        ("a", Remembered.of("a", SHARE), DISK, Ours),
        ("a", Remembered.of("a", SHARE), None, Ours),
        ("b", Remembered.of("a", SHARE), SHARE, Foreign),
        ("b", Remembered.of("a", SHARE), DISK, Foreign),
        (None, Remembered.of("a", SHARE), SHARE, Renewed),
        (None, Remembered.of("a", None), None, Renewed),
        (None, Remembered.of("a", SHARE), DISK, NotMounted),
        (None, Remembered.of("a", SHARE), None, NotMounted),
        (None, Remembered.of("a", None), SHARE, NotMounted),
        (None, Remembered.of("a", SHARE), Mount("nfs4", "//nas/scans", "/", "/"), NotMounted),
        (None, Remembered.of("a", SHARE), Mount("cifs", "//nas/old", "/", "/"), NotMounted),
        (None, Remembered.of("a", SHARE), Mount("cifs", "//nas/scans", "/x", "/"), NotMounted),
        (None, Remembered.of("a", SHARE), Mount("cifs", "//nas/scans", "/", "/y", 9), Renewed),
    ],
    ids=[
        "never seen",
        "never seen, mount unknown",
        "the ledger was lost",
        "as it was",
        "mounted otherwise",
        "marked, mount unknown now",
        "marked as another inbox",
        "marked as another inbox, elsewhere",
        "made anew",
        "made anew on a system without a mount table",
        "not mounted",
        "mount unknown now",
        "mount unknown before",
        "another type",
        "another source",
        "another folder of it",
        "the same share mounted elsewhere",
    ],
)
def test_marker_and_mount_tell_whether_a_folder_is_the_inbox(
    found: str | None,
    remembered: Remembered | None,
    mount: Mount | None,
    judgement: type[Judgement],
) -> None:
    assert isinstance(judge(found, remembered, mount), judgement)


def test_a_share_that_is_not_mounted_is_named_with_what_to_do() -> None:
    verdict = judge(None, Remembered.of("a1", SHARE), DISK)

    assert isinstance(verdict, NotMounted)
    assert "//nas/scans of type cifs was here, now it is /dev/sda1 of type ext4" in verdict.reason
    assert 'put {"id": "a1"} into .ingestd/inbox.json' in verdict.hint


def test_following_the_hint_makes_a_folder_the_inbox(tmp_path: Path) -> None:
    (tmp_path / ".ingestd").mkdir()
    (tmp_path / ".ingestd/inbox.json").write_text('{"id": "a1"}')

    marker = marker_of(tmp_path)

    assert marker == Marker("a1")
    assert judge(marker.id, Remembered.of("a1", SHARE), DISK) == Ours()


def test_a_folder_without_a_marker_has_none(tmp_path: Path) -> None:
    assert marker_of(tmp_path) is None
    (tmp_path / ".ingestd").mkdir()
    assert marker_of(tmp_path) is None


def test_a_folder_that_is_missing_is_not_one_without_a_marker(tmp_path: Path) -> None:
    with pytest.raises(InboxUnavailable, match="scans does not exist"):
        marker_of(tmp_path / "scans")


@pytest.mark.parametrize("id_", ["a" * 128, "Office-2.old_one", "0"])
def test_an_id_that_somebody_made_up_is_as_good_as_ours(tmp_path: Path, id_: str) -> None:
    (tmp_path / ".ingestd").mkdir()
    (tmp_path / ".ingestd/inbox.json").write_text(json.dumps({"id": id_}))

    assert marker_of(tmp_path) == Marker(id_)


def test_a_written_marker_is_read_back(tmp_path: Path) -> None:
    written = mark(tmp_path, "a1", NOW)

    assert written == marker_of(tmp_path) == Marker("a1", "2026-05-04T12:00:00+00:00")
    assert "about" in json.loads((tmp_path / ".ingestd/inbox.json").read_text())


def test_a_marker_that_is_there_stays_in_force(tmp_path: Path) -> None:
    first = mark(tmp_path, "a1", NOW)

    assert mark(tmp_path, "b2", NOW) == first
    assert marker_of(tmp_path) == first


def test_writing_leaves_nothing_but_the_marker(tmp_path: Path) -> None:
    mark(tmp_path, "a1", NOW)
    mark(tmp_path, "b2", NOW)

    assert os.listdir(tmp_path / ".ingestd") == ["inbox.json"]


def test_a_marker_that_cannot_be_laid_leaves_no_draft(tmp_path: Path) -> None:
    with pytest.raises(InboxUnavailable):
        where_the_disk_answers(errno.EIO, ["renameat2"], lambda: mark(tmp_path, "a1", NOW))

    assert os.listdir(tmp_path / ".ingestd") == []


def test_a_draft_that_a_crash_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".ingestd").mkdir()
    (tmp_path / ".ingestd/inbox.json.a1.tmp").write_text('{"id"')

    assert mark(tmp_path, "a1", NOW).id == "a1"
    assert marker_of(tmp_path) == Marker("a1", NOW.isoformat())


def test_a_draft_is_not_written_through_a_symlink(tmp_path: Path) -> None:
    precious, inbox = tmp_path / "precious", tmp_path / "inbox"
    precious.write_text("theirs")
    (inbox / ".ingestd").mkdir(parents=True)
    (inbox / ".ingestd/inbox.json.a1.tmp").symlink_to(precious)

    assert mark(inbox, "a1", NOW) == marker_of(inbox)
    assert precious.read_text() == "theirs"


@pytest.mark.parametrize("written", [0, 20, 1000])
def test_a_name_that_a_crash_had_only_taken_is_no_marker_and_becomes_one(
    tmp_path: Path, written: int
) -> None:
    (tmp_path / ".ingestd").mkdir()
    marker = tmp_path / ".ingestd/inbox.json"
    take_name_and_die(Path("/proc/self/fd/7/.ingestd/inbox.json.b2.tmp"), marker)
    marker.write_bytes(marker.read_bytes()[:written])

    assert marker_of(tmp_path) is None
    assert mark(tmp_path, "a1", NOW) == marker_of(tmp_path) == Marker("a1", NOW.isoformat())


def test_a_folder_that_is_missing_cannot_be_marked(tmp_path: Path) -> None:
    with pytest.raises(InboxUnavailable, match="does not exist"):
        mark(tmp_path / "scans", "a1", NOW)


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b'{"id": ""}', b'{"id": 7}', b"\xff\xfe", b"[" * 70_000]
    + [
        b'{"id": "%s"}' % id_
        for id_ in (b"../a", b"a b", b"a\\n", b"\\ud800", b"\xc3\xa9", b"a" * 129)
    ],
    ids=lambda content: ascii(content)[:20],
)
def test_a_marker_that_makes_no_sense_is_named_with_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / ".ingestd").mkdir()
    (tmp_path / ".ingestd/inbox.json").write_bytes(content)

    with pytest.raises(InboxUnavailable, match=r"inbox\.json") as caught:
        marker_of(tmp_path)

    assert "delete the marker" in caught.value.hint


def test_a_symlink_is_no_marker(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.json").write_text('{"id": "a1"}')
    (tmp_path / ".ingestd").mkdir()
    (tmp_path / ".ingestd/inbox.json").symlink_to("../elsewhere.json")

    with pytest.raises(InboxUnavailable, match=r"inbox\.json"):
        marker_of(tmp_path)


def test_a_symlinked_folder_holds_no_marker_and_is_not_written_to(tmp_path: Path) -> None:
    inbox, elsewhere = tmp_path / "inbox", tmp_path / "elsewhere"
    inbox.mkdir()
    elsewhere.mkdir()
    (inbox / ".ingestd").symlink_to(elsewhere)

    with pytest.raises(InboxUnavailable):
        marker_of(inbox)
    with pytest.raises(InboxUnavailable):
        mark(inbox, "a1", NOW)

    assert os.listdir(elsewhere) == []


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_only_a_regular_file_is_a_marker(tmp_path: Path, make: type) -> None:
    (tmp_path / ".ingestd").mkdir()
    make(tmp_path / ".ingestd/inbox.json")

    with pytest.raises(InboxUnavailable, match="not a regular file"):
        without_waiting(lambda: marker_of(tmp_path))
