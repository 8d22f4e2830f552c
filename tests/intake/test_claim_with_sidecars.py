"""A document is claimed and released together with what belongs to it, whatever dies on the way."""

from __future__ import annotations

import errno
import itertools
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd import moves
from ingestd.errors import DocumentGone
from ingestd.intake.claim import Workplace
from ingestd.intake.settle import Look
from tests.meddling import take_name_and_die

NAMES = ("invoice.pdf", "invoice.toml", "invoice.pdf.xml")
SIDECARS = NAMES[1:]


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """A workplace as it is once the inbox was opened."""
    workplace = Workplace(tmp_path)
    workplace.folder.mkdir(parents=True)
    return workplace


def looks(inbox: Path, folder: str = "") -> dict[str, Look]:
    """Drop a document with two sidecars; how they look."""
    (inbox / folder).mkdir(exist_ok=True)
    found = {}
    for name in NAMES:
        path = inbox / folder / name
        path.write_text(name)
        found[os.path.join(folder, name)] = Look.of(path.stat())
    return found


def claim(workplace: Workplace, given: dict[str, Look], document_id: str = "id-1") -> bool:
    name, *_ = given
    sidecars = {one: given[one] for one in given if one != name}
    return workplace.claim(name, given[name], document_id, sidecars)


def files_in(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


def in_inbox(workplace: Workplace) -> dict[str, str]:
    files = files_in(workplace.root)
    return {name: files[name] for name in files if not name.startswith(".")}


AS_DROPPED = {name: name for name in NAMES}


@pytest.mark.parametrize("folder", ["", "acme"])
def test_a_document_is_claimed_with_all_that_belongs_to_it(
    workplace: Workplace, folder: str
) -> None:
    given = looks(workplace.root, folder)

    assert claim(workplace, given)

    name = os.path.join(folder, "invoice.pdf")
    assert in_inbox(workplace) == {}
    assert files_in(workplace.folder / "id-1") == {path: Path(path).name for path in given}
    assert list(workplace.claimed()) == [("id-1", name)]
    assert {path.name for path in workplace.sidecars("id-1", name)} == set(SIDECARS)


@pytest.mark.parametrize("changed", NAMES)
def test_nothing_is_claimed_where_one_of_them_changed(workplace: Workplace, changed: str) -> None:
    given = looks(workplace.root)
    (workplace.root / changed).write_text("edited just now")

    with pytest.raises(DocumentGone):
        claim(workplace, given)

    assert set(in_inbox(workplace)) == set(NAMES)


@pytest.mark.parametrize("gone", NAMES)
def test_a_claim_that_another_ingestd_was_quicker_with_leaves_the_rest_in_the_inbox(
    workplace: Workplace, gone: str
) -> None:
    given = looks(workplace.root)

    def take(source: Path, target: Path) -> None:
        if source.name == gone:
            source.unlink()
        os.rename(source, target)

    with pytest.raises(DocumentGone):
        claim(replace(workplace, take=take), given)

    assert in_inbox(workplace) == {name: name for name in NAMES if name != gone}
    assert list(workplace.folder.iterdir()) == []


@pytest.mark.parametrize("stuck", NAMES)
def test_a_claim_that_is_refused_one_of_them_leaves_all_in_the_inbox_and_names_it(
    workplace: Workplace, stuck: str
) -> None:
    given = looks(workplace.root)

    def take(source: Path, target: Path) -> None:
        if source.name == stuck:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), os.fspath(source))
        os.rename(source, target)

    with pytest.raises(OSError, match=stuck):
        claim(replace(workplace, take=take), given)

    assert in_inbox(workplace) == AS_DROPPED
    assert list(workplace.folder.iterdir()) == []


def test_a_claim_that_finds_its_folder_taken_leaves_what_is_in_it(workplace: Workplace) -> None:
    claim(workplace, looks(workplace.root))

    with pytest.raises(FileExistsError):
        claim(workplace, looks(workplace.root))

    assert files_in(workplace.folder / "id-1") == AS_DROPPED
    assert in_inbox(workplace) == AS_DROPPED


@pytest.mark.parametrize("replaced", NAMES)
def test_a_file_replaced_at_the_last_moment_has_to_settle_again(
    workplace: Workplace, replaced: str
) -> None:
    given = looks(workplace.root)

    def take(source: Path, target: Path) -> None:
        if source.name == replaced:
            source.write_text("replaced")
        os.rename(source, target)

    assert not claim(replace(workplace, take=take), given)
    assert set(files_in(workplace.folder / "id-1")) == set(NAMES)


def test_a_claim_that_died_before_it_had_the_document_is_undone(workplace: Workplace) -> None:
    given = looks(workplace.root)
    (workplace.folder / "id-1").mkdir()
    for name in SIDECARS:
        (workplace.root / name).rename(workplace.file("id-1", name))

    (found,) = workplace.claimed()
    back = workplace.put_back_sidecars("id-1")

    assert found == ("id-1", "invoice.pdf.xml")
    assert {path.name for path in back} == set(SIDECARS)
    assert in_inbox(workplace) == AS_DROPPED
    assert list(workplace.folder.iterdir()) == []
    assert {name: Look.of((workplace.root / name).stat()) for name in given} == given


def test_a_sidecar_goes_back_alone_under_no_name_that_makes_it_another_s(
    workplace: Workplace,
) -> None:
    workplace.file("id-1", "invoice.toml").parent.mkdir()
    workplace.file("id-1", "invoice.toml").write_text("from before")
    for name in ("invoice.toml", "invoice (2).pdf"):
        (workplace.root / name).write_text("of another")

    (back,) = workplace.put_back_sidecars("id-1")

    assert back.name == "invoice (3).toml"
    assert back.read_text() == "from before"


TAKEN: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "invoice"),
    "the document's": (["invoice.pdf"], "invoice (2)"),
    "a sidecar's": (["invoice.toml"], "invoice (2)"),
    "one that came for it": (["invoice.json"], "invoice"),
    "one that its sidecar may belong to": (["invoice.jpg"], "invoice (2)"),
    "the next as well": (["invoice.pdf", "invoice (2).json"], "invoice (3)"),
}


@pytest.mark.parametrize(("taken", "stem"), TAKEN.values(), ids=TAKEN)
def test_a_document_goes_back_with_its_sidecars_under_a_name_that_mixes_up_nothing(
    workplace: Workplace, taken: list[str], stem: str
) -> None:
    claim(workplace, looks(workplace.root))
    for name in taken:
        (workplace.root / name).write_text("of another")

    back = workplace.release("id-1", "invoice.pdf")

    together = {f"{stem}{name.removeprefix('invoice')}": name for name in NAMES}
    assert back == workplace.root / f"{stem}.pdf"
    assert in_inbox(workplace) == together | dict.fromkeys(taken, "of another")
    assert list(workplace.folder.iterdir()) == []


LYING: dict[str, tuple[list[str], str]] = {
    "its own, which came late": (["invoice.toml"], "invoice.pdf"),
    "another document's": (["invoice.jpg", "invoice.toml"], "invoice (2).pdf"),
    "one for the next name": (["invoice.pdf", "invoice (2).toml"], "invoice (3).pdf"),
}


@pytest.mark.parametrize(("lying", "expected"), LYING.values(), ids=LYING)
def test_a_document_without_sidecars_takes_only_its_own_when_it_goes_back(
    workplace: Workplace, lying: list[str], expected: str
) -> None:
    (workplace.root / "invoice.pdf").write_text("it")
    look = Look.of((workplace.root / "invoice.pdf").stat())
    workplace.claim("invoice.pdf", look, "id-1")
    for name in lying:
        (workplace.root / name).write_text("of another")

    assert workplace.release("id-1", "invoice.pdf").name == expected


def test_a_document_is_never_in_the_inbox_before_its_sidecars(workplace: Workplace) -> None:
    claim(workplace, looks(workplace.root))
    moved: list[str] = []

    def move(source: Path, target: Path) -> None:
        moved.append(target.name)
        moves.move(source, target)

    replace(workplace, move=move).release("id-1", "invoice.pdf")

    assert moved[-1] == "invoice.pdf"
    assert set(moved) == set(NAMES)


@pytest.mark.parametrize("stuck", NAMES)
def test_a_release_that_fails_leaves_all_in_work_as_they_were(
    workplace: Workplace, stuck: str
) -> None:
    claim(workplace, looks(workplace.root))
    (workplace.root / "invoice.pdf").write_text("another")

    def move(source: Path, target: Path) -> None:
        if target.name == stuck.replace("invoice", "invoice (2)"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        moves.move(source, target)

    with pytest.raises(OSError, match="No space"):
        replace(workplace, move=move).release("id-1", "invoice.pdf")

    assert files_in(workplace.folder / "id-1") == AS_DROPPED
    assert in_inbox(workplace) == {"invoice.pdf": "another"}


class Died(BaseException):
    """The process ended."""


@pytest.mark.parametrize("taken", [[], ["invoice.pdf"], ["invoice.toml"]])
@pytest.mark.parametrize("way", [way for way, _ in moves.WAYS])
def test_a_release_that_died_at_any_move_is_finished_with_all_of_them_together(
    tmp_path: Path, way: moves.Way, taken: list[str]
) -> None:
    for number in itertools.count():
        root = tmp_path / str(number)
        root.mkdir()
        workplace = Workplace(root)
        workplace.folder.mkdir(parents=True)
        claim(workplace, looks(root))
        for name in taken:
            (root / name).write_text("another")

        died = _die_after(number, workplace, way)
        ((document_id, name),) = workplace.claimed() if died else [("", "")]
        if died:
            workplace.forget_other_name(document_id, name)
            workplace.release(document_id, name)

        stem = "invoice (2)" if taken else "invoice"
        assert in_inbox(workplace) == {
            f"{stem}{name.removeprefix('invoice')}": name for name in NAMES
        } | dict.fromkeys(taken, "another")
        if not died:
            break
    assert number == len(NAMES)


def _die_after(number: int, workplace: Workplace, way: moves.Way) -> bool:
    """Whether a release came to so many moves, and died in the one after them."""
    left = itertools.count(-number)

    def move(source: Path, target: Path) -> None:
        if next(left) == 0:
            if way is moves.link_and_unlink:
                os.link(source, target)
            elif way is moves.reserve_and_replace:
                take_name_and_die(source, target)
            os._exit(1)
        moves.move(source, target)

    child = os.fork()
    if child == 0:
        replace(workplace, move=move).release("id-1", "invoice.pdf")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 1
