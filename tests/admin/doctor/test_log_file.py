from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestd.admin.doctor.log_file import LogRound, SeenLog, look_at_log, of_log
from tests.hardship import bound_by_rights

LOG = "/var/log/ingestd/ingestd.log"


@pytest.mark.parametrize(
    ("seen", "given", "level", "said"),
    [
        (SeenLog(Path(LOG), there=True), LOG, "ok", "can be written."),
        (SeenLog(Path(LOG), there=False), LOG, "ok", "can be made."),
        (SeenLog(Path(LOG), there=False, trouble="No"), LOG, "fail", "cannot be written: No."),
        (SeenLog(Path(LOG), there=True, trouble="No"), LOG, "fail", "cannot be written: No."),
        (SeenLog(Path(LOG), there=True), "ingestd.log", "warn", "for whoever starts elsewhere."),
        (SeenLog(Path(LOG), there=True, kind="a device"), LOG, "warn", "is a device, and keeps"),
        (SeenLog(Path(LOG), there=True, bound="No"), LOG, "warn", "grows beyond file_max_size"),
    ],
)
def test_how_a_log_s_file_stands(seen: SeenLog, given: str, level: str, said: str) -> None:
    found = of_log(seen, given=given)

    assert found.level == level
    assert LOG in found.what
    assert said in found.what
    assert bool(found.cure) == (level != "ok")


def test_a_log_that_is_not_there_yet_can_be_made_and_is_not(tmp_path: Path) -> None:
    seen = look_at_log(tmp_path / "ingestd.log", rotates=True)

    assert seen == SeenLog(tmp_path / "ingestd.log", there=False)
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    log = tmp_path / "ingestd.log"
    log.write_text("a line\n")
    before = log.stat()

    assert look_at_log(log, rotates=True) == SeenLog(log, there=True)
    assert (log.read_text(), log.stat()) == ("a line\n", before)


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    assert look_at_log(tmp_path, rotates=False).trouble == "it is a folder"


def test_a_log_in_a_folder_that_is_not_there_cannot_be_made(tmp_path: Path) -> None:
    seen = look_at_log(tmp_path / "gone/ingestd.log", rotates=False)

    assert seen.trouble == "No such file or directory"


def test_a_link_to_where_there_is_no_folder_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone/ingestd.log")

    assert look_at_log(tmp_path / "link", rotates=False).trouble == "No such file or directory"


def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    (found,) = LogRound(str(tmp_path / "pipe"), rotates=True, patience=2).findings()

    assert found.level == "warn"
    assert "is a named pipe" in found.what


def test_a_log_of_somebody_else_s_cannot_be_written(tmp_path: Path) -> None:
    log = tmp_path / "ingestd.log"
    log.touch(mode=0o400)

    seen = bound_by_rights(lambda: look_at_log(log, rotates=False))

    assert seen.trouble == "Permission denied"


@pytest.mark.parametrize(("rotates", "bound"), [(True, "Permission denied"), (False, "")])
def test_a_log_that_is_to_be_begun_anew_needs_its_folder(
    tmp_path: Path, rotates: bool, bound: str
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "ingestd.log").touch()
    folder.chmod(0o555)

    seen = bound_by_rights(lambda: look_at_log(folder / "ingestd.log", rotates=rotates))

    assert seen.bound == bound


def test_a_log_below_a_file_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    (found,) = LogRound(f"{tmp_path}/file/log", rotates=False, patience=5).findings()

    assert found.level == "fail"
    assert found.what == f"{tmp_path}/file/log cannot be looked at: Not a directory."
    assert found.cure.startswith("Name a file in a folder that is there")
