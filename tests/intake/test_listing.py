from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ingestd.errors import InboxUnavailable
from ingestd.intake.listing import Rules, excluded, list_inbox, takes
from ingestd.intake.pairing import Oddity
from ingestd.intake.settle import Look
from ingestd.intake.stamps import MARGIN, Stamps


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"%PDF-")


def paths(root: Path, rules: Rules | None = None) -> list[str]:
    return sorted(entry.path for entry in list_inbox(root, rules or Rules()).entries)


def test_a_file_is_listed_with_its_look(tmp_path: Path) -> None:
    put(tmp_path, "invoice.pdf")

    (entry,) = list_inbox(tmp_path, Rules()).entries

    assert entry.path == "invoice.pdf"
    assert entry.look == Look.of((tmp_path / "invoice.pdf").stat())


def test_only_included_names_are_listed_whatever_their_case(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "b.PDF", "c.jpg", "d.txt", "pdf", "e.pdf.bak")

    assert paths(tmp_path) == ["a.pdf", "b.PDF"]
    assert paths(tmp_path, Rules(include=("*.Pdf", "*.JPG"))) == ["a.pdf", "b.PDF", "c.jpg"]
    assert paths(tmp_path, Rules(include=())) == []


def test_what_the_settings_exclude_is_not_listed(tmp_path: Path) -> None:
    put(tmp_path, "Draft-1.pdf", "invoice.pdf", "drafts/a.pdf", "2026/b.pdf")

    rules = Rules(exclude=("draft*",), recursive=True)

    assert paths(tmp_path, rules) == ["2026/b.pdf", "invoice.pdf"]


def test_an_umlaut_matches_however_it_was_composed(tmp_path: Path) -> None:
    put(tmp_path, "Entwu\u0308rfe.pdf", "Entw\u00fcrfe 2.pdf")

    assert paths(tmp_path, Rules(exclude=("entw\u00fcrfe*",))) == []
    assert paths(tmp_path, Rules(exclude=("entwu\u0308rfe*",))) == []


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden.pdf", "._invoice.pdf", "~$invoice.pdf", "a.part", "a.PART", "a.pdf.tmp"),
        *("a.crdownload", "Thumbs.db", "thumbs.DB", "desktop.ini", "@eaDir", "#recycle"),
        *("#snapshot", "@Recycle", "@Recently-Snapshot", "$RECYCLE.BIN", ".zfs", ".@__thumb"),
        *("System Volume Information", "lost+found", ".Trash-1000"),
        *(".stfolder", ".stversions", ".ingestd", ".a\nb"),
    ],
)
def test_names_that_are_never_documents_are_excluded(name: str, tmp_path: Path) -> None:
    put(tmp_path, f"{name}/inside.pdf")
    put(tmp_path, f"sub/{name}")

    assert excluded(name)
    assert paths(tmp_path, Rules(include=("*",), recursive=True)) == []


@pytest.mark.parametrize("name", ["invoice.pdf", "part", "a.partial", "Thumbs.db.pdf", "a~$b.pdf"])
def test_ordinary_names_are_not_excluded(name: str) -> None:
    assert not excluded(name)


def test_folders_are_entered_only_when_asked_to(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "sub/b.pdf", "sub/deeper/c.pdf")

    assert paths(tmp_path) == ["a.pdf"]
    assert paths(tmp_path, Rules(recursive=True)) == ["a.pdf", "sub/b.pdf", "sub/deeper/c.pdf"]


def test_a_folder_named_like_a_document_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").mkdir()

    listing = list_inbox(tmp_path, Rules())

    assert (listing.entries, listing.oddities) == ([], [])


def test_what_was_put_away_is_not_listed_again(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "done/b.pdf", "failed/2026/c.pdf", "sub/done/d.pdf")
    skip = frozenset({tmp_path / "done", tmp_path / "failed"})

    assert paths(tmp_path, Rules(recursive=True, skip=skip)) == ["a.pdf", "sub/done/d.pdf"]


def test_what_was_put_away_is_known_again_through_a_symlink(tmp_path: Path) -> None:
    put(tmp_path, "real/done/a.pdf")
    link = tmp_path / "link"
    link.symlink_to("real")

    by_link = Rules(recursive=True, skip=frozenset({link / "done"}))
    by_name = Rules(recursive=True, skip=frozenset({tmp_path / "real/done"}))

    assert paths(link, by_name) == paths(tmp_path / "real", by_link) == []


def test_what_is_no_regular_file_is_reported_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/b.pdf")
    (tmp_path / "link.pdf").symlink_to("elsewhere/b.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(tmp_path, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{here}/socket.pdf")  # socket paths are short, tmp_path not
        os.close(here)

        listing = list_inbox(tmp_path, Rules())

    assert listing.entries == []
    assert {oddity.path: oddity.what for oddity in listing.oddities} == {
        "link.pdf": "is a symbolic link",
        "pipe.pdf": "is a named pipe",
        "socket.pdf": "is a socket",
    }
    assert all(
        oddity.inode == (tmp_path / oddity.path).lstat().st_ino for oddity in listing.oddities
    )


def test_oddities_that_would_not_be_documents_are_nobodys_concern(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/b.pdf")
    (tmp_path / "elsewhere-link").symlink_to("elsewhere")
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / ".pipe.pdf")

    listing = list_inbox(tmp_path, Rules(recursive=True))

    assert [entry.path for entry in listing.entries] == ["elsewhere/b.pdf"]
    assert listing.oddities == []


def test_a_folder_that_cannot_be_read_is_reported_and_the_rest_listed(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "z/b.pdf")
    deep = os.open(tmp_path, os.O_RDONLY)
    for _ in range(40):  # beyond the 4096 bytes a path may have, for root as well
        os.mkdir("d" * 200, dir_fd=deep)
        above, deep = deep, os.open("d" * 200, os.O_RDONLY, dir_fd=deep)
        os.close(above)
    os.close(deep)

    listing = list_inbox(tmp_path, Rules(recursive=True))

    assert sorted(entry.path for entry in listing.entries) == ["a.pdf", "z/b.pdf"]
    (oddity,) = listing.oddities
    assert isinstance(oddity, Oddity)
    assert oddity.path.startswith("d" * 200)
    assert "could not be" in oddity.what


def test_a_name_that_is_not_utf8_is_listed_and_leads_to_its_file(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.pdf")
    put(tmp_path, name)

    assert paths(tmp_path) == [name]
    assert (tmp_path / paths(tmp_path)[0]).exists()


def test_a_missing_inbox_is_unavailable_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InboxUnavailable, match="scans does not exist") as caught:
        list_inbox(tmp_path / "scans", Rules())

    assert "mount" in caught.value.hint.lower()


@pytest.mark.parametrize("recursive", [False, True])
def test_a_file_in_place_of_the_inbox_is_unavailable(tmp_path: Path, recursive: bool) -> None:
    put(tmp_path, "scans")

    with pytest.raises(InboxUnavailable, match=r"^/\S*scans is not a folder"):
        list_inbox(tmp_path / "scans", Rules(recursive=recursive))


@pytest.mark.parametrize(
    ("path", "recursive", "taken"),
    [
        ("a.pdf", False, True),
        ("a.txt", False, False),
        ("draft.pdf", False, False),
        (".a.pdf", False, False),
        ("acme/a.pdf", True, True),
        ("acme/a.pdf", False, False),
        ("@eaDir/a.pdf", True, False),
    ],
)
def test_it_can_be_told_beforehand_which_files_will_be_listed(
    tmp_path: Path, path: str, *, recursive: bool, taken: bool
) -> None:
    rules = Rules(exclude=("draft*",), recursive=recursive)
    put(tmp_path, path)

    assert takes(rules, path) is taken
    assert (paths(tmp_path, rules) == [path]) is taken


def test_the_look_that_is_known_of_a_file_is_taken_while_nothing_changed(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "b.pdf", "new.pdf")
    known = {entry.path: entry.look for entry in list_inbox(tmp_path, Rules()).entries}
    del known["new.pdf"]
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")

    listed = {one.path: one.look for one in list_inbox(tmp_path, Rules(), known=known.get).entries}

    assert listed["a.pdf"] is known["a.pdf"]
    assert listed == {path: Look.of((tmp_path / path).stat()) for path in listed}


def an_hour_later(root: Path, quiet: float = 1800.0) -> Stamps:
    """What stamps are held against an hour after whatever lies in a folder was put there."""
    put_there = max(path.lstat().st_ctime for path in (root, *root.rglob("*")))
    return Stamps(root.stat().st_dev, now=put_there + 3600.0, steady=3600.0, quiet=quiet)


def lying_still(root: Path, stamps: Stamps, known: tuple[str, ...] = ()) -> list[str]:
    looks = {path: Look.of((root / path).stat()) for path in known}
    entries = list_inbox(root, Rules(recursive=True), known=looks.get, stamps=stamps).entries
    return sorted(entry.path for entry in entries if entry.lay_still)


def test_what_was_not_seen_before_lay_still_if_its_stamps_prove_it(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", "acme/b.pdf", "seen.pdf")

    assert lying_still(tmp_path, an_hour_later(tmp_path), ("seen.pdf",)) == ["a.pdf", "acme/b.pdf"]
    assert lying_still(tmp_path, an_hour_later(tmp_path, quiet=7200.0)) == []


def test_what_is_not_proven_did_not_lie_still(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf")

    assert [entry.lay_still for entry in list_inbox(tmp_path, Rules()).entries] == [False]


@pytest.mark.parametrize("folder", ["acme", "acme/2026"])
def test_what_was_moved_in_with_a_folder_did_not_lie_there(tmp_path: Path, folder: str) -> None:
    put(tmp_path, "acme/2026/b.pdf")
    written = (tmp_path / "acme/2026/b.pdf").stat().st_ctime
    there, elsewhere = tmp_path / folder, tmp_path / "elsewhere"
    while there.stat().st_ctime <= written:  # until the filesystem's clock has ticked
        there.rename(elsewhere)
        elsewhere.rename(there)
    between = (there.stat().st_ctime + written) / 2
    stamps = Stamps(tmp_path.stat().st_dev, between + 1800 + MARGIN, steady=3600, quiet=1800)

    assert stamps.prove((tmp_path / "acme/2026/b.pdf").stat())
    assert lying_still(tmp_path, stamps) == []
