"""Where documents lie that were put away as done."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestd.admin.done import name_below, paths_below, skipped_below
from ingestd.config import Settings

DONE = Path("/scans/done")


@pytest.mark.parametrize(
    ("path", "layout", "name"),
    [
        ("a.pdf", "", "a.pdf"),
        ("acme/a.pdf", "", "acme/a.pdf"),
        ("2026/05/a.pdf", "%Y/%m", "a.pdf"),
        ("2026/05/acme/a.pdf", "%Y/%m", "acme/a.pdf"),
        ("a.pdf", "%Y/%m", "a.pdf"),  # from before there was a layout
        ("acme/a.pdf", "%Y/%m", "a.pdf"),
    ],
)
def test_the_name_a_file_had_is_its_path_without_the_layout(
    path: str, layout: str, name: str
) -> None:
    assert name_below(DONE, str(DONE / path), layout) == name


def test_what_lies_below_and_is_something_else_is_skipped() -> None:
    inboxes = {
        "scanner": {"path": "/scans", "failed": "done/failed"},
        "mail": {"path": "/scans/done/mail", "done": "/scans/done/of-mail"},
    }
    account = {"base_url": "http://127.0.0.1:1", "token": "token"}
    settings = Settings.model_validate({"accounts": {"main": account}, "inboxes": inboxes})

    assert skipped_below(DONE, settings) == {
        "/scans/done/failed",
        "/scans/done/mail",
        "/scans/done/mail/failed",
        "/scans/done/of-mail",
    }


def test_documents_come_by_name_and_those_of_a_folder_before_what_is_below_it(
    tmp_path: Path,
) -> None:
    names = [f"{number:02}.pdf" for number in range(20)]
    folders = ["", "a", "a/b", "c"]
    for folder in reversed(folders):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name in reversed(names):
            (tmp_path / folder / name).touch()

    found = list(paths_below(tmp_path, (), lambda *_: None))

    assert found == [str(tmp_path / folder / name) for folder in folders for name in names]


REASON = ".reason.txt"
DOCUMENTS: dict[str, tuple[list[str], list[str]]] = {
    "a sidecar beside its document": (["a.pdf", "a.toml", "a.pdf.json"], ["a.pdf"]),
    "a sidecar left alone": (["a.toml", "b.pdf.JSON", "c.xml"], []),
    "one beside that of another": (["a.json", "a.json.toml"], []),
    "one that failed as a document": (["a.xml", f"a.xml{REASON}"], ["a.xml"]),
    "one beside a document since": (["a.xml", f"a.xml{REASON}", "a.pdf"], ["a.pdf"]),
    "a reason left alone": ([f"a.pdf{REASON}", f"b.toml{REASON}"], []),
}


@pytest.mark.parametrize(("names", "found"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_sidecar_is_no_document(tmp_path: Path, names: list[str], found: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()

    paths = paths_below(tmp_path, (), lambda *_: None)

    assert [Path(path).name for path in paths] == found
