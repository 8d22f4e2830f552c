"""A document that cannot be moved out of its inbox, and what is said of it each time."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingestd.errors import InboxUnavailable
from ingestd.intake import Look, Workplace
from ingestd.intake.lock import hold
from tests.hardship import bound_by_rights, read_only, small_filesystem


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with small_filesystem(tmp_path / "scans", "64k,nr_inodes=5") as folder:
        workplace = Workplace(folder)
        workplace.folder.mkdir(parents=True)
        (folder / "a.pdf").write_bytes(b"one")
        yield workplace


def said(claim: Callable[[], object]) -> str:
    """What two attempts in a row say, which is the same: or it would be logged each time."""
    words = []
    for _ in range(2):
        with pytest.raises((InboxUnavailable, OSError)) as caught:
            bound_by_rights(claim)
        words.append(f"{type(caught.value).__name__}: {caught.value}")
    assert words[0] == words[1]
    return words[0]


def claiming(workplace: Workplace) -> Callable[[], object]:
    ids = iter(range(100))
    look = Look.of((workplace.root / "a.pdf").lstat())
    return lambda: workplace.claim("a.pdf", look, f"id-{next(ids)}")


@pytest.mark.parametrize("folder", [".", ".ingestd/work"])
def test_an_inbox_that_nothing_may_leave_is_named(workplace: Workplace, folder: str) -> None:
    claim = claiming(workplace)

    with read_only(workplace.root / folder):
        words = said(claim)

    assert f"Nothing may be moved out of the inbox {workplace.root}" in words
    assert os.listdir(workplace.folder) == []


def test_a_file_that_may_not_be_moved_is_named_and_not_its_inbox(workplace: Workplace) -> None:
    path = workplace.root / "a.pdf"
    workplace.root.chmod(0o1777)  # as /tmp: everybody may move what is theirs
    os.chown(path, 12345, 12345)
    os.chown(workplace.root, 12345, 12345)

    words = said(claiming(workplace))

    assert words.startswith("PermissionError")
    assert str(path) in words
    assert "inbox" not in words
    assert path.read_bytes() == b"one"


def test_an_inbox_without_room_for_a_folder_says_so(workplace: Workplace) -> None:
    (workplace.root / "the last there is room for").touch()

    words = said(claiming(workplace))

    assert words == f"InboxUnavailable: The folder {workplace.root} has no space left."


# ---- the folder's trouble, and the document's own ------------------------------------------------


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / ".ingestd/work").mkdir(parents=True)
    (tmp_path / "acme").mkdir()
    for name in ("a.pdf", "b.pdf", "acme/c.pdf"):
        (tmp_path / name).write_bytes(b"one")
    return tmp_path


def refused(
    inbox: Path, name: str, code: int, first: Callable[[], object] = lambda: None
) -> Exception:
    """What is said of a document when the system answers its move with this."""

    def refuse(source: Path, target: Path) -> None:
        first()
        raise OSError(code, os.strerror(code), str(source), None, str(target))

    look = Look.of((inbox / name).lstat())
    with pytest.raises((InboxUnavailable, OSError)) as caught:
        Workplace(inbox, take=refuse).claim(name, look, "id-1")
    return caught.value


OF_ALL = {
    errno.ENOSPC: "has no space left",
    errno.EDQUOT: "has used up its quota",
    errno.EROFS: "is read-only",
    errno.ESTALE: os.strerror(errno.ESTALE),
    errno.ENOTCONN: os.strerror(errno.ENOTCONN),
    errno.EHOSTDOWN: os.strerror(errno.EHOSTDOWN),
}


@pytest.mark.parametrize("code", OF_ALL, ids=errno.errorcode.get)
def test_what_keeps_every_document_is_said_of_each_in_the_same_words(
    inbox: Path, code: int
) -> None:
    one, other, third = (refused(inbox, name, code) for name in ("a.pdf", "b.pdf", "acme/c.pdf"))

    assert isinstance(one, InboxUnavailable)
    assert str(one) == str(other) == str(third)
    assert OF_ALL[code] in str(one)
    assert one.hint


@pytest.mark.parametrize("code", [errno.EIO, errno.EBUSY, errno.ENAMETOOLONG, errno.EACCES])
def test_what_keeps_one_document_names_it(inbox: Path, code: int) -> None:
    error = refused(inbox, "a.pdf", code)

    assert isinstance(error, OSError)
    assert (error.errno, error.filename) == (code, str(inbox / "a.pdf"))


def test_a_share_that_went_away_is_not_taken_for_missing_rights(inbox: Path) -> None:
    with read_only(inbox):
        error = bound_by_rights(lambda: refused(inbox, "a.pdf", errno.ESTALE))

    assert str(error) == f"The folder {inbox} cannot be used: {os.strerror(errno.ESTALE)}."


def test_an_inbox_that_goes_while_its_rights_are_looked_at_is_named(tmp_path: Path) -> None:
    inbox = tmp_path / "scans"
    (inbox / ".ingestd/work").mkdir(parents=True)
    (inbox / "a.pdf").write_bytes(b"one")

    error = refused(inbox, "a.pdf", errno.EACCES, lambda: inbox.rename(tmp_path / "away"))

    assert isinstance(error, InboxUnavailable)
    assert str(error) == f"The folder {inbox} does not exist."


@pytest.mark.parametrize("point", ["sub", "acme/sub"])
@pytest.mark.parametrize("below", ["a.pdf", "deeper/a.pdf"])
def test_a_folder_that_is_mounted_in_an_inbox_is_to_be_an_inbox_of_its_own(
    inbox: Path, point: str, below: str
) -> None:
    name = f"{point}/{below}"
    with small_filesystem(inbox / point, "64k") as mounted:
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).write_bytes(b"one")

        with pytest.raises(InboxUnavailable, match=f"from {mounted}: .* another") as caught:
            Workplace(inbox).claim(name, Look.of((inbox / name).lstat()), "id-1")

        assert "an inbox of its own" in caught.value.hint
        assert (inbox / name).read_bytes() == b"one"
    assert os.listdir(inbox / ".ingestd/work") == []


def test_a_folder_of_the_same_filesystem_that_is_mounted_there_is_named(inbox: Path) -> None:
    error = refused(inbox, "acme/c.pdf", errno.EXDEV)

    assert f"from {inbox}/acme: " in str(error)


def test_a_work_folder_that_is_mounted_in_its_inbox_is_named(inbox: Path) -> None:
    with small_filesystem(inbox / ".ingestd/work", "64k") as mounted:
        look = Look.of((inbox / "a.pdf").lstat())

        with pytest.raises(InboxUnavailable, match=f"{mounted} is on another") as caught:
            Workplace(inbox).claim("a.pdf", look, "id-1")

    assert str(mounted) in caught.value.hint


def test_an_inbox_that_is_not_there_is_not_taken_for_missing_rights(tmp_path: Path) -> None:
    with pytest.raises(InboxUnavailable, match="does not exist"):
        hold(tmp_path / "scans")
