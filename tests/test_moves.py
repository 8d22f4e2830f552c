from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingestd import moves
from ingestd.errors import DocumentChanged
from ingestd.moves import WAYS, Way, link_and_unlink, rename_noreplace, reserve_and_replace
from tests.hardship import bound_by_rights, no_room_to_write, read_only, without_waiting
from tests.meddling import append, path_that_meddles, take_name_and_die

EVERY_WAY = [moves.move, rename_noreplace, link_and_unlink, reserve_and_replace]
every_way = pytest.mark.parametrize("way", EVERY_WAY, ids=lambda way: way.__name__)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "here" / "invoice.pdf"
    path.parent.mkdir()
    path.write_bytes(b"ours")
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "there" / "invoice.pdf"
    path.parent.mkdir()
    return path


# ---- on one filesystem ---------------------------------------------------------------------------


def test_files_are_moved_together_in_their_order(source: Path, target: Path) -> None:
    (sidecar := source.with_suffix(".toml")).write_bytes(b"said")
    pairs = [(sidecar, target.with_suffix(".toml")), (source, target)]
    told: list[Path] = []

    moves.move_together(pairs, moves.move, before_move=told.append)

    assert told == [there for _, there in pairs]
    assert [there.read_bytes() for _, there in pairs] == [b"said", b"ours"]


def test_where_one_cannot_be_moved_all_are_where_they_were(source: Path, target: Path) -> None:
    (sidecar := source.with_suffix(".toml")).write_bytes(b"said")
    target.write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        moves.move_together([(sidecar, target.with_suffix(".toml")), (source, target)], moves.move)

    assert {path.name for path in source.parent.iterdir()} == {"invoice.pdf", "invoice.toml"}
    assert [path.read_bytes() for path in target.parent.iterdir()] == [b"theirs"]


@every_way
def test_a_moved_file_is_there_and_nowhere_else(way: Way, source: Path, target: Path) -> None:
    inode = source.stat().st_ino

    way(source, target)

    assert (target.read_bytes(), target.stat().st_ino) == (b"ours", inode)
    assert not source.exists()


@every_way
def test_a_taken_name_is_never_overwritten(way: Way, source: Path, target: Path) -> None:
    target.write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        way(source, target)

    assert (source.read_bytes(), target.read_bytes()) == (b"ours", b"theirs")


@every_way
def test_a_name_taken_by_a_symlink_to_nothing_is_taken(
    way: Way, source: Path, target: Path
) -> None:
    target.symlink_to("nothing")

    with pytest.raises(FileExistsError):
        way(source, target)

    assert source.exists()
    assert target.is_symlink()


@every_way
def test_of_many_who_want_one_name_one_gets_it(way: Way, tmp_path: Path, target: Path) -> None:
    sources = [tmp_path / str(number) for number in range(16)]
    for path in sources:
        path.write_text(path.name)

    def moved(path: Path) -> bool:
        try:
            way(path, target)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(moved, sources))

    left = [path.name for path in sources if path.exists()]
    assert outcomes.count(True) == 1
    assert sorted([*left, target.read_text()]) == sorted(path.name for path in sources)


@every_way
def test_a_file_that_is_gone_leaves_no_name_behind(way: Way, source: Path, target: Path) -> None:
    source.unlink()

    with pytest.raises(FileNotFoundError):
        way(source, target)

    assert not os.path.lexists(target)


@every_way
def test_a_file_that_may_not_leave_its_folder_is_in_no_other(
    way: Way, source: Path, target: Path
) -> None:
    with read_only(source.parent), pytest.raises(PermissionError):
        bound_by_rights(lambda: way(source, target))

    assert source.exists()
    assert not target.exists()


@every_way
def test_names_that_are_not_text_are_moved_too(way: Way, source: Path) -> None:
    target = source.with_name(os.fsdecode(b"r\xe9sum\xe9\n.pdf"))

    way(source, target)

    assert os.listdir(os.fsencode(source.parent)) == [b"r\xe9sum\xe9\n.pdf"]


def refusing(code: int) -> Way:
    def way(source: Path, target: Path) -> None:
        raise OSError(code, os.strerror(code), str(source), None, str(target))

    return way


@pytest.mark.parametrize(
    "codes",
    [
        [errno.EINVAL],
        [errno.ENOSYS],
        [errno.EINVAL, errno.EPERM],
        [errno.EINVAL, errno.EIO],
        [errno.EINVAL, errno.EACCES],
        [errno.EINVAL, errno.EMLINK],
        [errno.ENOSYS, errno.EOPNOTSUPP],
    ],
    ids=["NFS", "musl", "FAT", "rclone", "no right", "no more", "neither"],
)
def test_what_a_filesystem_does_not_offer_is_done_the_next_way(
    codes: list[int], source: Path, target: Path
) -> None:
    refused = [(refusing(code), WAYS[number][1]) for number, code in enumerate(codes)]

    moves.move(source, target, ways=[*refused, *WAYS[len(codes) :]])

    assert target.read_bytes() == b"ours"
    assert not source.exists()


def test_a_link_that_was_made_though_it_is_said_to_have_failed_is_not_done_the_next_way(
    source: Path, target: Path
) -> None:
    def linked(source: Path, target: Path) -> None:
        os.link(source, target)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(OSError, match="error") as caught:
        moves.move(source, target, ways=[(linked, WAYS[1][1]), WAYS[2]])

    assert caught.value.errno == errno.EIO
    assert moves.same_file(source, target)


def test_another_name_of_the_same_file_is_a_taken_name_where_one_way_is_not_offered(
    source: Path, target: Path
) -> None:
    os.link(source, target)  # as a crash between link and unlink leaves it

    with pytest.raises(FileExistsError):
        moves.move(source, target, ways=[(refusing(errno.EINVAL), WAYS[0][1]), *WAYS[1:]])


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EACCES, errno.ENOSPC, errno.EIO, errno.EROFS])
def test_any_other_error_ends_the_attempt(code: int, source: Path, target: Path) -> None:
    with pytest.raises(OSError, match=r"invoice\.pdf") as caught:
        moves.move(source, target, ways=[(refusing(code), WAYS[0][1]), *WAYS[1:]])

    assert caught.value.errno == code
    assert source.exists()
    assert not target.exists()


# ---- a name that was taken by a move that died ---------------------------------------------------


def test_who_finds_a_name_that_was_taken_is_told_that_it_may_be_freed(
    source: Path, target: Path
) -> None:
    take_name_and_die(source, target)

    assert "this file may be deleted" in target.read_text()
    assert source.read_bytes() == b"ours"


def test_a_name_that_was_taken_for_a_file_is_freed_for_it(source: Path, target: Path) -> None:
    take_name_and_die(source, target)

    moves.free_reserved(target, source)

    assert not target.exists()


def test_nothing_is_freed_where_there_is_nothing(source: Path, target: Path) -> None:
    moves.free_reserved(target, source)


def put_empty(_source: Path, target: Path) -> None:
    target.touch()


def put_a_document(_source: Path, target: Path) -> None:
    target.write_bytes(b"theirs")


def put_a_folder(_source: Path, target: Path) -> None:
    target.mkdir()


def take_for_another(source: Path, target: Path) -> None:
    take_name_and_die(source.with_name("another.pdf"), target)


def take_and_write_more(source: Path, target: Path) -> None:
    take_name_and_die(source, target)
    append(target)


def link_to_one_that_was_taken(source: Path, target: Path) -> None:
    take_name_and_die(source, target.with_name("taken.pdf"))
    target.symlink_to("taken.pdf")


@pytest.mark.parametrize(
    "put",
    [
        put_empty,
        put_a_document,
        put_a_folder,
        take_for_another,
        take_and_write_more,
        link_to_one_that_was_taken,
    ],
)
def test_nothing_else_is_removed(put: Way, source: Path, target: Path) -> None:
    put(source, target)
    before = target.lstat()

    moves.free_reserved(target, source)

    assert target.lstat() == before


def test_a_disk_without_room_to_say_so_keeps_nothing_from_being_moved(
    source: Path, target: Path
) -> None:
    with no_room_to_write():
        reserve_and_replace(source, target)

    assert target.read_bytes() == b"ours"


# ---- to another filesystem -----------------------------------------------------------------------


def test_a_copied_file_is_there_and_nowhere_else(source: Path, target: Path) -> None:
    os.utime(source, (1_700_000_000, 1_700_000_000))

    moves.copy_across(source, target, passing_by=target.with_name(".id.part"))

    assert os.listdir(target.parent) == ["invoice.pdf"]
    assert (target.read_bytes(), target.stat().st_mtime) == (b"ours", 1_700_000_000)
    assert not source.exists()


def test_a_copy_never_overwrites_a_taken_name(source: Path, target: Path) -> None:
    target.write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        moves.copy_across(source, target, passing_by=target.with_name(".id.part"))

    assert (source.read_bytes(), target.read_bytes()) == (b"ours", b"theirs")
    assert os.listdir(target.parent) == ["invoice.pdf"]


def test_what_a_crashed_copy_left_does_not_stand_in_the_way(source: Path, target: Path) -> None:
    passing_by = target.with_name(".id.part")
    passing_by.write_bytes(b"ou")
    passing_by.chmod(0o400)

    bound_by_rights(lambda: moves.copy_across(source, target, passing_by=passing_by))

    assert target.read_bytes() == b"ours"
    assert os.listdir(target.parent) == ["invoice.pdf"]


def test_what_is_written_to_while_it_is_copied_is_not_moved(source: Path, target: Path) -> None:
    part = target.with_name(".id.part")
    passing_by = path_that_meddles(part, when_cleared=lambda: append(source))

    with pytest.raises(DocumentChanged):
        moves.copy_across(source, target, passing_by=passing_by)

    assert source.read_bytes().startswith(b"ours, and more")
    assert os.listdir(target.parent) == []


def test_what_is_written_to_after_it_was_copied_is_not_removed(source: Path, target: Path) -> None:
    after_the_move = path_that_meddles(target, when_its_folder_is_asked_for=lambda: append(source))

    with pytest.raises(DocumentChanged):
        moves.copy_across(source, after_the_move, passing_by=target.with_name(".id.part"))

    assert (source.read_bytes(), target.read_bytes()) == (b"ours, and more", b"ours")


def test_a_copy_is_not_written_through_a_symlink(source: Path, target: Path) -> None:
    passing_by, precious = target.with_name(".id.part"), target.with_name("precious")
    precious.write_bytes(b"theirs")
    passing_by.symlink_to(precious)

    moves.copy_across(source, target, passing_by=passing_by)

    assert (precious.read_bytes(), target.read_bytes()) == (b"theirs", b"ours")


def test_a_pipe_is_neither_copied_nor_waited_for(source: Path, target: Path) -> None:
    source.unlink()
    os.mkfifo(source)

    with pytest.raises(OSError, match=r"invoice\.pdf") as caught:
        without_waiting(
            lambda: moves.copy_across(source, target, passing_by=target.with_name(".id.part"))
        )

    assert caught.value.filename == str(source)
    assert source.is_fifo()
    assert os.listdir(target.parent) == []


def test_a_symlink_is_not_copied(source: Path, target: Path) -> None:
    link = source.with_name("link.pdf")
    link.symlink_to(source)

    with pytest.raises(OSError, match=r"link\.pdf"):
        moves.copy_across(link, target, passing_by=target.with_name(".id.part"))

    assert os.listdir(target.parent) == []


def test_a_copy_that_did_not_fit_leaves_nothing_behind(source: Path, target: Path) -> None:
    with no_room_to_write(3), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        moves.copy_across(source, target, passing_by=target.with_name(".id.part"))

    assert source.read_bytes() == b"ours"
    assert os.listdir(target.parent) == []


def test_a_file_that_could_not_be_removed_is_not_copied(source: Path, target: Path) -> None:
    def copy() -> None:
        moves.copy_across(source, target, passing_by=target.with_name(".id.part"))

    with read_only(source.parent), pytest.raises(PermissionError):
        bound_by_rights(copy)

    assert os.listdir(target.parent) == []


def test_a_file_others_may_read_and_we_may_not_is_not_left_half_moved(
    source: Path, target: Path
) -> None:
    source.chmod(0o044)

    with pytest.raises(PermissionError):
        bound_by_rights(
            lambda: moves.copy_across(source, target, passing_by=target.with_name(".id.part"))
        )

    assert source.exists()
    assert os.listdir(target.parent) == []


# ---- what a move relies on -----------------------------------------------------------------------


def test_two_names_of_one_file_are_told_from_two_files(source: Path, target: Path) -> None:
    os.link(source, target)
    twin = target.with_name("twin.pdf")
    twin.write_bytes(b"ours")

    assert moves.same_file(source, target)
    assert not moves.same_file(source, twin)
    assert not moves.same_file(source, target.with_name("nothing.pdf"))
