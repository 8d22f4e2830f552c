"""Completing commands, inboxes and failed documents, as shells ask for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.running import Site
from tests.cli.running import ALONE, LONGEST, ingestd


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with two inboxes and a failed document."""
    site = Site(tmp_path, "http://127.0.0.1:1", "token", inboxes=["scanner", "mail"])
    site.write_settings()
    (site.inbox() / "failed").mkdir()
    for name in ("letter.pdf", "letter.pdf.reason.txt", "other.pdf"):
        (site.inbox() / "failed" / name).write_bytes(b"")
    return site


def completed(site: Site, words: str) -> set[str]:
    """What bash is told to complete the last of these words with."""
    told = ingestd(
        folder=site.folder,
        _INGESTD_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
    )
    assert told.stderr == ""
    return {line.partition(",")[2] for line in told.stdout.splitlines() if line}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ingestd hist", {"history"}),
        ("ingestd retry ", {"letter.pdf", "other.pdf"}),
        ("ingestd retry let", {"letter.pdf"}),
        ("ingestd retry --inbox ", {"scanner", "mail"}),
        ("ingestd history --inbox s", {"scanner"}),
        ("ingestd duplicate --account ", {"main"}),
        ("ingestd invoices l", {"list"}),
    ],
)
def test_what_is_there_is_offered(site: Site, words: str, expected: set[str]) -> None:
    assert completed(site, words) == expected


def test_settings_that_cannot_be_used_offer_nothing_and_say_nothing(site: Site) -> None:
    (site.folder / "ingestd.toml").write_text("nonsense")

    assert completed(site, "ingestd retry ") == set()


@pytest.mark.parametrize("name", ["let\udcff.pdf", "let\nter.pdf"])
def test_a_name_that_a_shell_cannot_be_told_is_left_out(site: Site, name: str) -> None:
    (site.inbox() / "failed" / name).write_bytes(b"")

    assert completed(site, "ingestd retry let") == {"letter.pdf"}


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_completes_with_it(site: Site) -> None:
    script = """
        eval "$(ingestd completion bash)"
        COMP_WORDS=(ingestd retry let) COMP_CWORD=2
        _ingestd_completion ingestd
        echo "${COMPREPLY[@]}"
    """
    told = subprocess.run(
        ["bash", "-c", script],
        cwd=site.folder,
        env={**ALONE, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )

    assert (told.stdout, told.stderr) == ("letter.pdf\n", "")


@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ("bash", "complete -o nosort -F"),
        ("zsh", "#compdef ingestd"),
        ("fish", "complete --no-files"),
    ],
)
def test_each_shell_gets_a_script_of_its_own(tmp_path: Path, shell: str, said: str) -> None:
    assert said in ingestd("completion", shell, folder=tmp_path).stdout


def test_a_shell_that_is_not_known_is_said(tmp_path: Path) -> None:
    told = ingestd("completion", "tcsh", folder=tmp_path)

    assert told.returncode == 2
    assert 'There is no "tcsh". There is: bash, zsh, fish' in told.stderr
