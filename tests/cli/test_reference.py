"""The reference in docs/ says what the commands say of themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ingestd.cli.main import COMMANDS, Exit
from ingestd.cli.reference import as_man_page, as_markdown, pages

DOCS = Path(__file__).parents[2] / "docs"


def test_it_is_current() -> None:
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == as_markdown(), "run make reference"
    assert (DOCS / "ingestd.1").read_text(encoding="utf-8") == as_man_page(), "run make reference"


def test_every_command_is_in_it_with_an_example() -> None:
    found = {page.name: page for page in pages()}

    assert {f"ingestd {name}" for name in COMMANDS} <= set(found)
    assert [name for name, page in found.items() if not page.example and not page.group] == []


def test_every_exit_code_is_in_it() -> None:
    markdown, man_page = as_markdown(), as_man_page()

    assert [code for code in Exit if f"| {code:d} | " not in markdown] == []
    assert [code for code in Exit if f"\\fB{code:d}\\fR\n" not in man_page] == []


@pytest.mark.skipif(not shutil.which("groff"), reason="there is no groff")
def test_the_man_page_can_be_set() -> None:
    told = subprocess.run(
        ["groff", "-man", "-Tascii", "-ww", "-P-cbou", str(DOCS / "ingestd.1")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stderr == ""
    headings = ["NAME", "SYNOPSIS", "ENVIRONMENT", "EXIT STATUS", "FILES"]
    assert [one for one in headings if f"\n{one}\n" not in told.stdout] == []
