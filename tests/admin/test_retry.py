from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ingestd.admin import (
    Failed,
    failed_in,
    named,
    put_back,
    require_failed_in,
    require_put_back,
)
from ingestd.admin.returning import put_into
from ingestd.config import Inbox
from ingestd.errors import InboxUnavailable, IngestdError
from ingestd.filing import move_anywhere
from tests.hardship import bound_by_rights, folder_on_another_filesystem
from tests.intake.marking import make_ready
from tests.workbench import now

LETTER = b"Dear Sir or Madam"


class Office:
    """An inbox with documents in its failed folder."""

    def __init__(
        self,
        root: Path,
        failed: str = "failed",
        *,
        recursive: bool = False,
        exclude: Sequence[str] = (),
    ) -> None:
        root.mkdir()
        make_ready(root, now())
        self.root = root
        self.inbox = Inbox(path=root, failed=failed, recursive=recursive, exclude=list(exclude))
        self.folder = self.inbox.folder(failed)
        self.folder.mkdir(exist_ok=True)

    def fail(self, name: str, own_name: str = "") -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(LETTER)
        reason = f"No PDF.\nScan it again.\n\ndocument: {own_name or name}\nid: 1\n"
        path.with_name(f"{path.name}.reason.txt").write_text(reason)
        return path

    def failed(self) -> list[str]:
        return [one.name for one in failed_in("scanner", self.inbox)]

    def put_back(self, name: str) -> str:
        (one,) = named(name, failed_in("scanner", self.inbox))
        return str(put_back(one, self.inbox).relative_to(self.root))

    def files(self) -> set[str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)) for path in found if ".ingestd" not in path.parts}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "scans")


def test_a_document_goes_back_and_its_reason_goes_away(office: Office) -> None:
    office.fail("letter.pdf")

    assert office.put_back("letter.pdf") == "letter.pdf"
    assert office.files() == {"letter.pdf"}
    assert (office.root / "letter.pdf").read_bytes() == LETTER


def test_nothing_is_overwritten(office: Office) -> None:
    office.fail("letter.pdf")
    (office.root / "letter.pdf").write_bytes(b"another")

    assert office.put_back("letter.pdf") == "letter (2).pdf"
    assert (office.root / "letter.pdf").read_bytes() == b"another"


def test_a_document_gets_its_own_name_back(office: Office) -> None:
    office.fail("letter (2).pdf", own_name="letter.pdf")

    assert office.put_back("letter (2).pdf") == "letter.pdf"


@pytest.mark.parametrize("own_name", ["another.pdf", "../../etc/passwd", ""])
def test_a_reason_that_names_another_document_is_not_believed(
    office: Office, own_name: str
) -> None:
    office.fail("letter (2).pdf", own_name=own_name)

    assert office.put_back("letter (2).pdf") == "letter (2).pdf"


def test_what_belongs_to_a_document_goes_with_it_under_its_name(office: Office) -> None:
    office.fail("letter.pdf")
    for name in ("letter.toml", "letter.pdf.json", "other.json"):
        (office.folder / name).write_text(name)
    (office.root / "letter.pdf").write_bytes(b"another")

    office.put_back("letter.pdf")

    assert office.files() == {
        "letter.pdf",
        "letter (2).pdf",
        "letter (2).toml",
        "letter (2).pdf.json",
        "failed/other.json",
    }


def test_a_document_is_not_put_beside_what_belongs_to_another(office: Office) -> None:
    office.fail("letter.pdf")
    (office.root / "letter.toml").write_text("of the picture")
    (office.root / "letter.jpg").write_bytes(b"the picture")

    assert office.put_back("letter.pdf") == "letter (2).pdf"


@pytest.mark.parametrize("name", ["letter.pdf", "letter.jpg"])
def test_what_another_brought_there_is_not_in_the_way(office: Office, name: str) -> None:
    office.fail("letter.pdf")
    (office.folder / "letter.toml").write_text("ours")
    (office.root / name).write_bytes(b"another")
    (office.root / "letter.toml").hardlink_to(office.folder / "letter.toml")

    assert office.put_back("letter.pdf") == "letter (2).pdf"
    assert {name, "letter.toml", "letter (2).toml"} <= office.files()


@pytest.mark.parametrize("lying", ["letter.toml", "letter.pdf.json", "letter.xml"])
def test_a_document_goes_back_to_what_was_laid_there_for_it(office: Office, lying: str) -> None:
    office.fail("letter (2).pdf", own_name="letter.pdf")
    (office.root / lying).write_text("corrected")

    assert office.put_back("letter (2).pdf") == "letter.pdf"
    assert office.files() == {"letter.pdf", lying}


def test_what_waits_for_a_document_under_a_name_not_its_own_is_another_s(office: Office) -> None:
    office.fail("letter.pdf")
    (office.root / "letter.pdf").write_bytes(b"another")
    (office.root / "letter (2).toml").write_text("theirs")

    assert office.put_back("letter.pdf") == "letter (3).pdf"


def test_a_failed_file_that_is_called_like_a_sidecar_does_not_become_another_s(
    office: Office,
) -> None:
    office.fail("letter.xml")
    (office.root / "letter.pdf").write_bytes(b"another")
    inbox = office.inbox.model_copy(update={"include": ["*.pdf", "*.xml"]})

    assert put_into(inbox, office.folder / "letter.xml", "letter.xml").name == "letter (2).xml"


@pytest.mark.parametrize("lying", ["letter.toml", "letter.pdf.json"])
@pytest.mark.parametrize("put", [put_back, require_put_back])
def test_a_document_with_a_sidecar_does_not_go_back_to_another_one(
    office: Office, lying: str, put: Callable[[Failed, Inbox], object]
) -> None:
    office.fail("letter.pdf")
    (office.folder / "letter.toml").write_text("as it was")
    (office.root / lying).write_text("corrected")
    before = office.files()

    with pytest.raises(IngestdError) as refused:
        put(Failed("scanner", "letter.pdf", office.folder / "letter.pdf"), office.inbox)

    assert str(refused.value) == (
        "letter.pdf cannot be put back with its letter.toml: "
        f"{office.root / lying} waits for it already."
    )
    assert office.files() == before
    assert (office.root / lying).read_text() == "corrected"


def test_a_retry_that_died_before_the_document_went_is_finished_by_another(
    office: Office,
) -> None:
    document = office.fail("letter.pdf")
    for name in ("letter.toml", "letter.xml"):
        (office.folder / name).write_text(name)
    # as it leaves them that is killed after its first move
    move_anywhere(office.folder / "letter.toml", office.root / "letter.toml")

    assert put_into(office.inbox, document, "letter.pdf") == office.root / "letter.pdf"
    assert {"letter.pdf", "letter.toml", "letter.xml"} <= office.files()


def test_a_retry_that_died_between_link_and_unlink_is_finished_by_another(office: Office) -> None:
    office.fail("letter.pdf")
    (office.folder / "letter.toml").write_text("ours")
    (office.root / "letter.toml").hardlink_to(office.folder / "letter.toml")

    assert office.put_back("letter.pdf") == "letter.pdf"
    assert office.files() == {"letter.pdf", "letter.toml"}


def test_a_document_takes_a_name_that_is_free_for_all_that_belongs_to_it(office: Office) -> None:
    office.fail("letter.pdf")
    (office.folder / "letter.toml").write_text("ours")
    (office.root / "letter (2).toml").write_text("theirs")
    (office.root / "letter.pdf").write_bytes(b"another")

    assert office.put_back("letter.pdf") == "letter (3).pdf"
    assert (office.root / "letter (3).toml").read_text() == "ours"
    assert "failed/letter.toml" not in office.files()


def test_what_belongs_to_a_document_is_there_before_it(office: Office) -> None:
    document = office.fail("letter.pdf")
    (office.folder / "letter.toml").write_text("")
    moved: list[str] = []

    def move(source: Path, target: Path) -> None:
        moved.append(source.name)
        move_anywhere(source, target)

    put_into(office.inbox, document, "letter.pdf", move=move)

    assert moved == ["letter.toml", "letter.pdf"]


def test_one_that_takes_the_name_meanwhile_keeps_it_with_what_is_its_own(office: Office) -> None:
    document = office.fail("letter.pdf")
    (office.folder / "letter.toml").write_text("ours")

    def move(source: Path, target: Path) -> None:
        if target == office.root / "letter.pdf":
            target.write_bytes(b"another")
        move_anywhere(source, target)

    assert put_into(office.inbox, document, "letter.pdf", move=move).name == "letter (2).pdf"
    assert not (office.root / "letter.toml").exists()
    assert (office.root / "letter (2).toml").read_text() == "ours"


def test_what_belongs_to_a_document_is_none_itself(office: Office) -> None:
    office.fail("letter.pdf")
    for name in ("letter.toml", "another.toml"):
        (office.folder / name).write_text("")

    assert office.failed() == ["letter.pdf"]


@pytest.mark.parametrize(("recursive", "to"), [(True, "acme/letter.pdf"), (False, "letter.pdf")])
def test_folders_are_kept_where_the_inbox_looks_into_them(
    tmp_path: Path, recursive: bool, to: str
) -> None:
    office = Office(tmp_path / "scans", recursive=recursive)
    office.fail("acme/letter.pdf")

    assert office.put_back("acme/letter.pdf") == to


def test_a_failed_folder_on_another_filesystem_is_no_obstacle(tmp_path: Path) -> None:
    with folder_on_another_filesystem(tmp_path) as other:
        if other is None:
            pytest.skip("this machine has no second filesystem")
        office = Office(tmp_path / "scans", failed=str(other / "failed"))
        office.fail("letter.pdf")

        assert office.put_back("letter.pdf") == "letter.pdf"
        assert list((other / "failed").iterdir()) == []


def test_nothing_is_put_into_a_folder_whose_share_is_not_mounted(tmp_path: Path) -> None:
    office = Office(tmp_path / "scans", failed=str(tmp_path / "failed"))
    office.fail("letter.pdf")
    (tmp_path / "scans").rename(tmp_path / "share")
    (tmp_path / "scans").mkdir()

    with pytest.raises(InboxUnavailable, match="has no marker") as refused:
        office.put_back("letter.pdf")

    assert "Mount the share" in refused.value.hint
    assert list((tmp_path / "scans").iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "said"), [("", "put back into {}"), ("failed", "taken out of {}")]
)
@pytest.mark.parametrize("dry", [False, True])
def test_the_folder_that_may_not_be_written_is_named_and_nothing_is_moved(
    office: Office, folder: str, said: str, dry: bool
) -> None:
    office.fail("letter.pdf")
    (failed,) = failed_in("scanner", office.inbox)
    locked = office.root / folder
    locked.chmod(0o555)
    put = require_put_back if dry else put_back

    with pytest.raises(IngestdError) as refused:
        bound_by_rights(lambda: put(failed, office.inbox))

    locked.chmod(0o755)
    where = said.format(locked)
    assert str(refused.value) == f"letter.pdf cannot be {where}: it may not be written to."
    assert office.files() == {"failed/letter.pdf", "failed/letter.pdf.reason.txt"}


@pytest.mark.parametrize("name", ["a/letter.pdf", "letter.pdf"])
def test_a_document_is_named_by_its_path_or_the_end_of_it(tmp_path: Path, name: str) -> None:
    one = Failed("scanner", "a/letter.pdf", tmp_path / "failed/a/letter.pdf")
    other = Failed("scanner", "b.pdf", tmp_path / "failed/b.pdf")

    assert named(name, [one, other]) == [one]
    assert named(str(one.path), [one, other]) == [one]
    assert named("etter.pdf", [one, other]) == []


def test_an_exact_name_wins_over_the_end_of_another(tmp_path: Path) -> None:
    one = Failed("scanner", "letter.pdf", tmp_path / "failed/letter.pdf")
    other = Failed("scanner", "a/letter.pdf", tmp_path / "failed/a/letter.pdf")

    assert named("letter.pdf", [one, other]) == [one]


@pytest.mark.parametrize("name", ["notes.txt", "draft.pdf"])
def test_what_the_inbox_would_not_take_stays_where_it_is(tmp_path: Path, name: str) -> None:
    office = Office(tmp_path / "scans", exclude=["draft*"])
    office.fail(name)

    with pytest.raises(IngestdError, match=f"{name} is none of the files that the inbox takes"):
        office.put_back(name)

    assert office.files() == {f"failed/{name}", f"failed/{name}.reason.txt"}


def test_a_document_that_cannot_be_moved_keeps_what_belongs_to_it(tmp_path: Path) -> None:
    with folder_on_another_filesystem(tmp_path) as other:
        if other is None:
            pytest.skip("this machine has no second filesystem")
        office = Office(tmp_path / "scans", failed=str(other / "failed"))
        office.fail("letter.pdf").chmod(0o000)  # it cannot be copied
        (office.folder / "letter.toml").write_text("ours")

        with pytest.raises(IngestdError, match="Permission denied"):
            bound_by_rights(lambda: office.put_back("letter.pdf"))

        assert (office.folder / "letter.toml").read_text() == "ours"
        assert office.files() == set()


@pytest.mark.parametrize("name", ["Thumbs.db", "@eaDir/a.pdf", ".a.pdf", "a.pdf.part"])
def test_what_systems_leave_in_folders_has_not_failed(office: Office, name: str) -> None:
    office.fail(name)

    assert office.failed() == []


def test_a_symlink_leads_no_document_out_of_the_inbox(tmp_path: Path) -> None:
    office = Office(tmp_path / "scans", recursive=True)
    office.fail("acme/letter.pdf")
    (tmp_path / "elsewhere").mkdir()
    (office.root / "acme").symlink_to(tmp_path / "elsewhere")

    assert office.put_back("acme/letter.pdf") == "letter.pdf"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_name_with_folders_of_its_own_leads_no_document_out_of_the_inbox(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path / "scans", recursive=True)
    document = office.fail("letter.pdf")
    (tmp_path / "elsewhere").mkdir()

    put_into(office.inbox, document, str(tmp_path / "elsewhere/letter.pdf"))

    assert office.files() == {"letter.pdf", "failed/letter.pdf.reason.txt"}


@pytest.mark.parametrize("folder", ["done", "old"])
def test_no_document_is_put_into_a_folder_that_the_inbox_passes_over(
    tmp_path: Path, folder: str
) -> None:
    office = Office(tmp_path / "scans", recursive=True, exclude=["old"])
    office.fail(f"{folder}/letter.pdf")

    assert office.put_back(f"{folder}/letter.pdf") == "letter.pdf"


def test_an_inbox_that_is_not_mounted_has_not_nothing_failed(office: Office) -> None:
    office.root.rename(office.root.with_name("share"))
    office.root.mkdir()

    with pytest.raises(InboxUnavailable, match="has no marker"):
        require_failed_in("scanner", office.inbox)


def test_a_failed_folder_that_cannot_be_read_is_said(office: Office) -> None:
    office.fail("letter.pdf")
    office.folder.chmod(0o000)

    with pytest.raises(InboxUnavailable, match="cannot be looked at: Permission denied"):
        bound_by_rights(lambda: require_failed_in("scanner", office.inbox))

    office.folder.chmod(0o755)


def test_where_nothing_failed_yet_there_is_no_folder_and_no_trouble(office: Office) -> None:
    office.folder.rmdir()

    assert require_failed_in("scanner", office.inbox) == []
