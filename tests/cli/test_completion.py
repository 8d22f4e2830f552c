"""Completing commands, inboxes and failed documents, as shells ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.running import Site
from tests.cli.running import ingestd
from tests.cli.shell import words_of_bash


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


def test_a_command_that_there_is_not_offers_nothing_and_says_nothing(site: Site) -> None:
    assert completed(site, "ingestd frobnicate x") == set()


def test_a_name_that_would_be_an_option_is_offered_by_its_path(site: Site) -> None:
    failed = site.inbox() / "failed" / "-dash.pdf"
    failed.write_bytes(b"")

    assert str(failed) in completed(site, "ingestd retry ")
    assert completed(site, "ingestd retry -- -d") == {"-dash.pdf"}


# ---- bash ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("a;touch hacked;.pdf", "a\t"),
        ("a;touch hacked;.pdf", "'a'\t"),
        ("a'; touch hacked; '.pdf", "'a\t"),
        ('a";`touch hacked`;$(touch hacked)".pdf', '"a\t'),
        ("$(touch hacked).pdf", "\t"),
        ("$HOME.pdf", "\t"),
        ("$HOME.pdf", '"\t'),
        ("~root", "\t"),
        ("a!b.pdf", "a\t"),
        ("a!b.pdf", '"a\t'),
        ("my letter (2).pdf", "my\t"),
        ("my letter (2).pdf", "my\\ l\t"),
        ("my letter (2).pdf", "'my l\t"),
        ("my letter (2).pdf", '"my l\t'),
        ("it's.pdf", "it\t"),
        ("it's.pdf", "'it\t"),
        ("back\\slash*.pdf", "b\t"),
        ("back\\slash*.pdf", '"b\t'),
        ("a:1,x.pdf", "a\t"),
    ],
)
def test_bash_gives_the_command_the_very_name(site: Site, name: str, typed: str) -> None:
    for each in ("letter.pdf", "other.pdf"):
        (site.inbox() / "failed" / each).unlink()
    (site.inbox() / "failed" / name).write_bytes(b"")

    words = words_of_bash(f"ingestd retry {typed}", site.folder)

    assert words == ["retry", name]
    assert not (site.folder / "hacked").exists()


def test_bash_goes_on_from_what_several_names_have_in_common(site: Site) -> None:
    for name in ("a 12:30.pdf", "a 12:45.pdf"):
        (site.inbox() / "failed" / name).write_bytes(b"")

    assert words_of_bash("ingestd retry a\t4\t", site.folder) == ["retry", "a 12:45.pdf"]


# ---- the scripts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "said"),
    [
        ("bash", "complete -o nosort -F"),
        ("zsh", "#compdef ingestd"),
        ("fish", "complete --no-files"),
        ("fish", "string split -m 1 ,"),  # names may have commas of their own
    ],
)
def test_each_shell_gets_a_script_of_its_own(tmp_path: Path, shell: str, said: str) -> None:
    assert said in ingestd("completion", shell, folder=tmp_path).stdout


def test_a_shell_that_is_not_known_is_said(tmp_path: Path) -> None:
    told = ingestd("completion", "tcsh", folder=tmp_path)

    assert told.returncode == 2
    assert 'There is no "tcsh". There is: bash, zsh, fish' in told.stderr
