from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd import moves
from ingestd.errors import DocumentGone, InboxUnavailable, UnfitDocument
from ingestd.intake.claim import Workplace
from ingestd.intake.inspection import inspect
from ingestd.intake.lock import hold
from ingestd.intake.settle import Look
from tests.hardship import bound_by_rights
from tests.meddling import take_name_and_die
from tests.refusing import CAN_REFUSE, refuse


def workplace_in(inbox: Path) -> Workplace:
    """A workplace as it is once the inbox was opened."""
    workplace = Workplace(inbox)
    workplace.folder.mkdir(parents=True, exist_ok=True)
    return workplace


def dropped(inbox: Path, name: str = "invoice.pdf", content: bytes = b"one") -> Look:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Look.of(path.stat())


def test_a_claimed_document_is_out_of_the_inbox_and_keeps_its_path(tmp_path: Path) -> None:
    look = dropped(tmp_path, "acme/invoice.pdf")

    settled = workplace_in(tmp_path).claim("acme/invoice.pdf", look, "id-1")

    assert settled
    assert (tmp_path / ".ingestd/work/id-1/acme/invoice.pdf").read_bytes() == b"one"
    assert not (tmp_path / "acme/invoice.pdf").exists()


def test_a_file_that_changed_since_it_was_ready_stays(tmp_path: Path) -> None:
    look = dropped(tmp_path)
    dropped(tmp_path, content=b"another")

    with pytest.raises(DocumentGone):
        workplace_in(tmp_path).claim("invoice.pdf", look, "id-1")

    assert (tmp_path / "invoice.pdf").read_bytes() == b"another"


def test_a_file_that_is_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    look = dropped(tmp_path)
    (tmp_path / "invoice.pdf").unlink()

    with pytest.raises(DocumentGone):
        workplace_in(tmp_path).claim("invoice.pdf", look, "id-1")

    assert list(workplace_in(tmp_path).claimed()) == []


def test_of_many_who_claim_one_document_one_wins(tmp_path: Path) -> None:
    look = dropped(tmp_path)
    start, won = threading.Barrier(8), list[str]()

    def claim(document_id: str) -> None:
        start.wait()
        try:
            workplace_in(tmp_path).claim("invoice.pdf", look, document_id)
        except DocumentGone:
            return
        won.append(document_id)

    threads = [threading.Thread(target=claim, args=(f"id-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(workplace_in(tmp_path).claimed()) == [(won[0], "invoice.pdf")]
    assert len(won) == 1


def test_a_claim_takes_no_folder_that_another_document_has(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("invoice.pdf", dropped(tmp_path), "id-1")
    look = dropped(tmp_path, content=b"another")

    with pytest.raises(FileExistsError):
        workplace.claim("invoice.pdf", look, "id-1")

    assert workplace.file("id-1", "invoice.pdf").read_bytes() == b"one"
    assert (tmp_path / "invoice.pdf").read_bytes() == b"another"


def test_a_released_document_takes_no_name_that_is_in_use(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("invoice.pdf", dropped(tmp_path), "id-1")
    dropped(tmp_path, content=b"a new one by the same name")

    path = workplace.release("id-1", "invoice.pdf")

    assert path == tmp_path / "invoice (2).pdf"
    assert path.read_bytes() == b"one"
    assert (tmp_path / "invoice.pdf").read_bytes() == b"a new one by the same name"
    assert os.listdir(workplace.folder) == []


def test_a_name_that_a_release_had_taken_when_it_died_is_used_by_the_next(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("invoice.pdf", dropped(tmp_path), "id-1")
    take_name_and_die(workplace.file("id-1", "invoice.pdf"), tmp_path / "invoice.pdf")

    path = workplace.release("id-1", "invoice.pdf")

    assert path == tmp_path / "invoice.pdf"
    assert path.read_bytes() == b"one"


def test_a_name_that_was_taken_by_a_move_that_died_is_no_document(tmp_path: Path) -> None:
    dropped(tmp_path, "one.pdf")
    take_name_and_die(tmp_path / "one.pdf", tmp_path / "taken.pdf")

    with pytest.raises(UnfitDocument):
        inspect(tmp_path / "taken.pdf", max_size=10_000)


def test_a_released_document_goes_back_into_its_folder_though_that_is_gone(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("acme/invoice.pdf", dropped(tmp_path, "acme/invoice.pdf"), "id-1")
    (tmp_path / "acme").rmdir()

    workplace.release("id-1", "acme/invoice.pdf")

    assert (tmp_path / "acme/invoice.pdf").read_bytes() == b"one"


def test_a_folder_with_a_file_in_it_is_never_cleared(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("acme/invoice.pdf", dropped(tmp_path, "acme/invoice.pdf"), "id-1")

    workplace.clear("id-1")
    workplace.sweep()

    assert list(workplace.claimed()) == [("id-1", "acme/invoice.pdf")]


def test_the_folder_of_a_claim_that_died_before_its_move_is_swept(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.file("id-1", "acme/invoice.pdf").parent.mkdir(parents=True)

    workplace.sweep()

    assert os.listdir(workplace.folder) == []


@pytest.mark.parametrize("name", ["invoice.pdf", "invoice (2).pdf", "invoice (9).pdf"])
def test_a_release_that_died_between_link_and_unlink_can_begin_anew(
    tmp_path: Path, name: str
) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("acme/invoice.pdf", dropped(tmp_path, "acme/invoice.pdf"), "id-1")
    file = workplace.file("id-1", "acme/invoice.pdf")
    (tmp_path / "acme" / name).hardlink_to(file)

    workplace.forget_other_name("id-1", "acme/invoice.pdf")

    assert os.listdir(tmp_path / "acme") == []
    assert file.read_bytes() == b"one"


@pytest.mark.parametrize("linked", [False, True])
def test_another_file_by_the_same_name_is_not_taken_for_it(tmp_path: Path, linked: bool) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("invoice.pdf", dropped(tmp_path), "id-1")
    dropped(tmp_path)
    if linked:
        (tmp_path / "a name of its own.pdf").hardlink_to(workplace.file("id-1", "invoice.pdf"))
    before = sorted(os.listdir(tmp_path))

    workplace.forget_other_name("id-1", "invoice.pdf")

    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("gone", ["the file", "its folder in the inbox"])
def test_there_is_nothing_to_forget_of_what_is_not_there(tmp_path: Path, gone: str) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("acme/invoice.pdf", dropped(tmp_path, "acme/invoice.pdf"), "id-1")
    file = workplace.file("id-1", "acme/invoice.pdf")
    (tmp_path / "elsewhere.pdf").hardlink_to(file)
    if gone == "the file":
        file.unlink()
    else:
        (tmp_path / "acme").rmdir()

    workplace.forget_other_name("id-1", "acme/invoice.pdf")

    assert (tmp_path / "elsewhere.pdf").exists()


def test_an_inbox_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    workplace_in(tmp_path)
    program = (
        "import sys; from pathlib import Path; from ingestd.intake.lock import hold\n"
        "hold(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        with pytest.raises(InboxUnavailable, match="Another ingestd"):
            hold(tmp_path)

        other.kill()
    os.close(hold(tmp_path))


def go_away(root: Path) -> Path:
    """Leave an empty folder in place of an inbox, as a share does; where the inbox is now."""
    away = root.with_name("away")
    root.rename(away)
    root.mkdir()
    return away


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "scans"
    root.mkdir()
    return root


@pytest.mark.parametrize("name", ["invoice.pdf", "acme/invoice.pdf"])
def test_nothing_is_taken_or_made_where_the_inbox_went_away(root: Path, name: str) -> None:
    workplace = workplace_in(root)
    look = dropped(root, name)
    away = go_away(root)
    (root / name).parent.mkdir(exist_ok=True)
    (away / name).rename(root / name)  # as it looked, so that nothing else tells the difference

    with pytest.raises(InboxUnavailable, match="went away"):
        workplace.claim(name, look, "id-1")

    assert [path for path in root.rglob("*") if path.is_file()] == [root / name]
    assert not (root / ".ingestd").exists()


@pytest.mark.parametrize("left", ["nothing", "a folder"])
def test_nothing_goes_back_to_where_the_inbox_is_not(root: Path, left: str) -> None:
    workplace = workplace_in(root)
    workplace.claim("acme/invoice.pdf", dropped(root, "acme/invoice.pdf"), "id-1")
    away = go_away(root)
    if left == "nothing":
        root.rmdir()

    with pytest.raises(FileNotFoundError):
        workplace.release("id-1", "acme/invoice.pdf")

    assert not list(root.glob("*"))
    assert (away / ".ingestd/work/id-1/acme/invoice.pdf").read_bytes() == b"one"


def test_an_inbox_that_goes_while_it_is_looked_through_was_not_seen_whole(root: Path) -> None:
    workplace = workplace_in(root)
    for number in (1, 2):
        workplace.claim("invoice.pdf", dropped(root), f"id-{number}")
    claimed = workplace.claimed()
    assert next(claimed) == ("id-1", "invoice.pdf")
    go_away(root)

    with pytest.raises(FileNotFoundError):
        list(claimed)


@pytest.mark.parametrize("shut", ["id-1", "id-1/acme"])
def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_seen(
    root: Path, shut: str
) -> None:
    workplace, told = workplace_in(root), list[tuple[str, int | None]]()
    for number in (1, 2):
        look = dropped(root, "acme/invoice.pdf")
        workplace.claim("acme/invoice.pdf", look, f"id-{number}")
    folder = workplace.folder / shut
    folder.chmod(0)

    seen = bound_by_rights(
        lambda: list(workplace.claimed(shut=lambda id_, why: told.append((id_, why.errno))))
    )

    folder.chmod(0o700)
    assert seen == [("id-2", "acme/invoice.pdf")]
    assert told == [("id-1", errno.EACCES)]


def test_a_work_folder_that_cannot_be_read_was_not_seen_at_all(root: Path) -> None:
    workplace = workplace_in(root)
    workplace.folder.chmod(0)

    with pytest.raises(PermissionError):
        bound_by_rights(lambda: list(workplace.claimed()))

    workplace.folder.chmod(0o700)


@pytest.mark.skipif(not CAN_REFUSE, reason="needs the numbers of its system calls")
def test_an_inbox_that_grows_stale_while_it_is_looked_through_was_not_seen_whole(
    root: Path,
) -> None:
    workplace = workplace_in(root)
    for number in (1, 2):
        workplace.claim("invoice.pdf", dropped(root), f"id-{number}")

    def look() -> None:
        claimed = workplace.claimed()
        next(claimed)
        refuse(["getdents64"], errno.ESTALE)
        list(claimed)

    with ThreadPoolExecutor(1) as thread, pytest.raises(OSError, match=os.strerror(errno.ESTALE)):
        thread.submit(look).result()


def test_a_folder_that_is_cleared_and_a_stray_file_are_passed_over(root: Path) -> None:
    workplace = workplace_in(root)
    for number in (1, 2):
        workplace.claim("invoice.pdf", dropped(root), f"id-{number}")
    (workplace.folder / "stray").write_text("what somebody put here")
    claimed = workplace.claimed()
    next(claimed)
    workplace.release("id-2", "invoice.pdf")

    assert list(claimed) == []


def test_what_nfs_keeps_of_a_file_that_was_put_away_while_it_was_read_is_no_document(
    root: Path,
) -> None:
    workplace = workplace_in(root)
    workplace.claim("invoice.pdf", dropped(root), "id-1")
    document = workplace.file("id-1", "invoice.pdf")
    document.rename(document.with_name(".nfs00000000000d42b10000002a"))

    assert list(workplace.claimed()) == []


def test_every_path_is_told_before_a_document_goes_back_there(tmp_path: Path) -> None:
    workplace = workplace_in(tmp_path)
    workplace.claim("acme/invoice.pdf", dropped(tmp_path, "acme/invoice.pdf"), "id-1")
    dropped(tmp_path, "acme/invoice.pdf")
    told: list[str] = []

    workplace.release("id-1", "acme/invoice.pdf", before_move=told.append)

    assert told == ["acme/invoice.pdf", "acme/invoice (2).pdf"]


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EIO])
def test_a_move_that_was_made_though_the_share_denies_it_is_a_claim_that_settles_anew(
    tmp_path: Path, code: int
) -> None:
    def move_and_deny(source: Path, target: Path) -> None:
        moves.move(source, target)
        raise OSError(code, os.strerror(code))

    workplace = replace(workplace_in(tmp_path), take=move_and_deny)

    assert not workplace.claim("invoice.pdf", dropped(tmp_path), "id-1")

    assert list(workplace.claimed()) == [("id-1", "invoice.pdf")]


def test_a_link_in_the_work_folder_is_not_followed(root: Path, tmp_path: Path) -> None:
    private = tmp_path / "elsewhere"
    private.mkdir()
    (private / "private.pdf").write_bytes(b"private")
    workplace = workplace_in(root)
    (workplace.folder / "link").symlink_to(private)

    workplace.sweep()

    assert list(workplace.claimed()) == []
    assert (private / "private.pdf").is_file()
