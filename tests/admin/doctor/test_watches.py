"""Does the kernel let us watch as many folders as there are?"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from ingestd import config
from ingestd.admin.doctor.inbox_round import watched_by
from ingestd.admin.doctor.watches import Limits, count_folders, limits, of_watches
from tests.hardship import bound_by_rights

ALLOWED = Limits(watches=1000, instances=128, one_left=True)


@pytest.mark.parametrize(
    ("folders", "allowed", "level", "said"),
    [
        ([1, 1], ALLOWED, "ok", "Folders to watch: 2; allowed: 1,000."),
        ([750], ALLOWED, "ok", "Folders to watch: 750; allowed: 1,000."),
        ([700, 51], ALLOWED, "warn", "the kernel allows 1,000"),
        ([1] * 128, ALLOWED, "ok", "allowed"),
        ([1] * 129, ALLOWED, "warn", "no inotify instance left"),
        ([1], Limits(1000, 128, one_left=False), "warn", "no inotify instance left"),
        ([1], Limits(None, None, one_left=True), "ok", "Folders to watch: 1."),
        ([1], Limits(None, None, one_left=False), "warn", "no inotify instance left"),
    ],
)
def test_whether_all_can_be_watched(
    folders: list[int], allowed: Limits, level: str, said: str
) -> None:
    (found,) = of_watches(folders, allowed)

    assert found.level == level
    assert said in found.what


@pytest.mark.parametrize(
    ("folders", "command"),
    [
        ([900], "sudo sysctl fs.inotify.max_user_watches=2000 "),
        ([5000], "sudo sysctl fs.inotify.max_user_watches=10000 "),
        ([1] * 200, "sudo sysctl fs.inotify.max_user_instances=400 "),
    ],
)
def test_the_command_that_allows_enough_is_named(folders: list[int], command: str) -> None:
    (found,) = of_watches(folders, ALLOWED)

    assert found.cure.startswith(command)


def test_where_nothing_is_watched_nothing_is_said() -> None:
    assert list(of_watches([], ALLOWED)) == []


def test_the_kernel_s_limits_are_read(tmp_path: Path) -> None:
    (tmp_path / "max_user_watches").write_text("8192\n")

    found = limits(tmp_path)

    assert (found.watches, found.instances) == (8192, None)


def test_a_folder_is_counted_with_all_below_it_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".ingestd").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)

    assert count_folders(tmp_path) == 3


@pytest.mark.parametrize(("recursive", "number"), [(False, 1), (True, 3)])
def test_what_is_put_away_is_not_watched(tmp_path: Path, recursive: bool, number: int) -> None:
    for folder in ("sub/below", "done/2026/05", "failed/sub", ".ingestd/work/1"):
        (tmp_path / folder).mkdir(parents=True)

    assert watched_by(config.Inbox(path=tmp_path, recursive=recursive)) == number


def test_what_may_not_be_looked_into_is_counted_without_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a").chmod(0)

    assert bound_by_rights(lambda: count_folders(tmp_path)) == 2
    (tmp_path / "a").chmod(0o700)


def test_counting_comes_to_an_end(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / str(number)).mkdir()
    seconds = count()

    assert count_folders(tmp_path, at_most=10) == 10
    assert count_folders(tmp_path, clock=lambda: next(seconds)) < 10
