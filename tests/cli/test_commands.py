"""What every command has in common: help, usage, exit codes, sentences instead of tracebacks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ingestd import __version__
from ingestd.cli.main import COMMANDS
from ingestd.cli.reference import pages
from ingestd.cli.samples import pdf
from tests.cli.running import ALONE, LONGEST, ingestd, unread
from tests.workbench import LocalKanbert, new_ledger

# ---- help ----------------------------------------------------------------------------------------


def test_the_version_is_told(tmp_path: Path) -> None:
    told = ingestd("--version", folder=tmp_path)

    assert (told.returncode, told.stdout.strip()) == (0, f"ingestd, version {__version__}")


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--help"], 0), (["-h"], 0), ([], 2)], ids=["--help", "-h", "nothing"]
)
def test_help_names_every_command(tmp_path: Path, arguments: list[str], code: int) -> None:
    told = ingestd(*arguments, folder=tmp_path)

    assert told.returncode == code
    words = " ".join((told.stdout + told.stderr).split())  # lines are as wide as the terminal
    assert all(f"{command} {line}" in words for command, (_, line) in COMMANDS.items())


@pytest.mark.parametrize("command", [page.name.split()[1:] for page in pages()], ids=" ".join)
def test_help_fits_a_terminal_of_80_columns_and_shows_an_example(
    tmp_path: Path, command: list[str]
) -> None:
    told = ingestd(*command, "--help", folder=tmp_path, COLUMNS="80")

    assert told.returncode == 0
    assert [line for line in told.stdout.splitlines() if len(line) > 80] == []
    assert re.search(rf"Example:\n +.*\bingestd .*\b{' '.join(command)}\b", told.stdout)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["rnu"]])
def test_what_needs_no_command_imports_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    imported = imported_by(*arguments, folder=tmp_path)

    assert "click" in imported
    assert not imported & {"httpx", "rich", "sqlalchemy", "pydantic", "structlog", "watchdog"}


@pytest.mark.parametrize("command", ["status", "history"])
def test_what_only_reads_the_ledger_imports_neither_client_nor_server(
    tmp_path: Path, command: str
) -> None:
    write(tmp_path)
    (tmp_path / "state").mkdir()
    new_ledger(tmp_path / "state").close()

    imported = imported_by(command, folder=tmp_path)

    assert "sqlalchemy.dialects.sqlite" in imported
    assert not imported & {"httpx", "authlib", "rich", "structlog", "watchdog"}
    assert not imported & {"ingestd.kanbert.sent", "ingestd.kanbert.received"}
    assert "sqlalchemy.dialects.postgresql" not in imported


def imported_by(*arguments: str, folder: Path) -> set[str]:
    """The modules that a command imports."""
    # -X importtime would leave out what importlib.import_module was asked for
    told = ingestd(*arguments, folder=folder, python=["-v"])
    return set(re.findall(r"^import '([\w.]+)'", told.stderr, re.MULTILINE))


# ---- usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], 'There is no command "rnu". Did you mean "run"?'),
        (["onse"], 'There is no command "onse". Did you mean "once"?'),
        (["zzz"], 'There is no command "zzz".\n'),
        (["frobnicate"], 'There is no command "frobnicate".\n'),
        (["invoices", "list", "--sort", "titel"], "did you mean 'title'?\n"),
        (["invoices", "list", "--limit", "x"], "'x' is not a valid whole number.\n"),
        (["history", "--limit", "x"], "'x' is not a valid whole number.\n"),
        (["--confg", "x", "run"], "--config"),
        (["--config", "", "status"], "Invalid value for '--config': It is empty; name a file."),
        (["run", "--kep"], "No such option"),
        (["invoices", "--hlep"], "Did you mean '--help'?"),
        (["invoices", "list", "--flter", "x"], "Did you mean '--filter'?"),
        (["upload", "--due-dat", "x"], "Did you mean '--due-date'?"),
        (["demo", "--kep"], "--keep"),
        (["sandbox", "--token", ""], '"" is no token'),
        (["sandbox", "--token", "two words"], '"two words" is no token'),
        (["sandbox", "--listen", "8480"], '"8480" is not HOST:PORT.'),
        (["sandbox", "--listen", "127.0.0.1:99999"], '"127.0.0.1:99999" is not HOST:PORT.'),
    ],
)
def test_wrong_usage_is_said_with_what_was_meant(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    told = ingestd(*arguments, folder=tmp_path)

    assert told.returncode == 2
    assert said in told.stderr
    assert "Traceback" not in told.stderr


# ---- settings ------------------------------------------------------------------------------------

ENOUGH = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "{base_url}"
token = "{token}"
[inboxes.scanner]
path = "{folder}/scans"
settle = "1ms"
max_size = "1MB"
"""


def write(folder: Path, base_url: str = "http://127.0.0.1:1", token: str = "t0ken") -> None:
    (folder / "scans").mkdir(exist_ok=True)
    text = ENOUGH.format(folder=folder, base_url=base_url, token=token)
    (folder / "ingestd.toml").write_text(text)


@pytest.mark.parametrize("command", ["run", "once"])
def test_missing_settings_are_a_sentence_and_what_to_do(tmp_path: Path, command: str) -> None:
    told = ingestd("--config", "missing.toml", command, folder=tmp_path)

    assert told.returncode == 2
    assert told.stderr.splitlines() == [
        "ingestd: There is no settings file missing.toml.",
        "  Copy config.example.toml there, or name another with --config.",
    ]


def test_a_wrong_setting_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path)

    told = ingestd("once", folder=tmp_path, INGESTD_LOG__LEVL="debug")

    assert told.returncode == 2
    assert "log.levl is no setting; did you mean level?" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("file", ["missing", "empty"])
@pytest.mark.parametrize("kind", ["TOKEN", "OAUTH2__CLIENT_SECRET"])
def test_a_file_without_the_token_is_a_wrong_setting_as_an_empty_token_is(
    tmp_path: Path, file: str, kind: str
) -> None:
    write(tmp_path)
    settings = (tmp_path / "ingestd.toml").read_text().replace('token = "t0ken"\n', "")
    (tmp_path / "ingestd.toml").write_text(settings)
    (tmp_path / "empty").write_text("\n")
    account = "INGESTD_ACCOUNTS__MAIN__"
    variables = {f"{account}{kind}_FILE": str(tmp_path / file)}
    if kind != "TOKEN":
        variables |= {
            f"{account}OAUTH2__TOKEN_URL": "http://127.0.0.1:1/token",
            f"{account}OAUTH2__CLIENT_ID": "me",
        }

    told = ingestd("invoices", "list", folder=tmp_path, **variables)

    assert told.returncode == 2
    assert f" file {tmp_path / file} cannot be used: " in told.stderr
    assert re.search(r"\n  Write the (token|client secret) alone into that file", told.stderr)


def test_a_ledger_that_cannot_be_reached_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path)
    url = "postgresql://me:hunter2@127.0.0.1:1/books"

    told = ingestd("once", folder=tmp_path, INGESTD_LEDGER__URL=url)

    assert told.returncode == 1
    assert "Connection refused" in told.stderr
    assert "Traceback" not in told.stderr
    assert "hunter2" not in told.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--debug", "--config", "missing.toml", "once"], 2, "  Copy config.example.toml there"),
        (["--config", "missing.toml", "once", "--debug"], 2, "  Copy config.example.toml there"),
        (["invoices", "list", "--debug"], 3, "  Try again later"),
        (["duplicate", "--hash", "0" * 32, "--account", "x", "--debug"], 2, "  There is: main"),
        (["--debug", "retry", "letter.pdf"], 1, "No failed document is called"),
    ],
)
def test_with_debug_it_is_told_also_where_an_error_came_from(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    write(tmp_path)

    told = ingestd(*arguments, folder=tmp_path)

    assert told.returncode == code
    assert "Traceback" in told.stderr
    assert said in told.stderr.rpartition("\ningestd: ")[2]
    assert "t0ken" not in told.stderr


# ---- exit codes ----------------------------------------------------------------------------------


def test_nothing_to_do_is_fine(tmp_path: Path, local_kanbert: LocalKanbert) -> None:
    write(tmp_path, local_kanbert.base_url, local_kanbert.token)

    assert ingestd("once", folder=tmp_path).returncode == 0


def test_a_document_that_failed_needs_a_person(tmp_path: Path, local_kanbert: LocalKanbert) -> None:
    write(tmp_path, local_kanbert.base_url, local_kanbert.token)
    large = pdf("Invoice", padding=b"%" + b" " * 1_000_000 + b"\n")
    (tmp_path / "scans" / "a\x1b[2J.pdf").write_bytes(large)

    told = ingestd("once", folder=tmp_path)

    assert told.returncode == 1
    assert r"failed: a\x1b[2J.pdf: The file has 1,000,638 bytes" in told.stdout


def test_an_account_that_refuses_us_is_no_usage_error(
    tmp_path: Path, local_kanbert: LocalKanbert
) -> None:
    write(tmp_path, local_kanbert.base_url, "a-wrong-token")
    (tmp_path / "scans" / "invoice.pdf").write_bytes(pdf("Invoice"))

    told = ingestd("once", folder=tmp_path)

    assert told.returncode == 3
    assert "a-wrong-token" not in told.stdout + told.stderr
    assert (tmp_path / "scans" / "invoice.pdf").exists()


# ---- output that goes nowhere --------------------------------------------------------------------


def status_into(folder: Path, redirection: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `ingestd status` with its output redirected as a shell does it."""
    return subprocess.run(
        [
            *("sh", "-c", f'"$@" {redirection}', "sh"),
            *(sys.executable, "-m", "ingestd", *options, "status"),
        ],
        cwd=folder,
        env=ALONE,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_too_full_for_the_output_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path)

    told = status_into(tmp_path, ">/dev/full")
    in_full = status_into(tmp_path, ">/dev/full", "--debug")

    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        "ingestd: No space left on device.",
        "  --debug shows what was being done.",
    ]
    assert "Traceback" in in_full.stderr


def test_without_any_standard_output_a_command_does_what_it_does(tmp_path: Path) -> None:
    write(tmp_path)

    told = status_into(tmp_path, ">&-")

    assert (told.returncode, told.stderr) == (0, "")


# ---- output that nobody reads --------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["run", "--help"], ["sandbox", "--listen", "127.0.0.1:0"]],
)
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "ingestd", *arguments],
            cwd=tmp_path,
            env=ALONE,
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=LONGEST,
            check=False,
        )
    finally:
        os.close(writing)

    assert (told.returncode, told.stderr) == (0, b"")


@pytest.mark.parametrize("command", ["run", "status", "invoices"])
def test_a_complaint_that_nobody_reads_leaves_the_exit_code_what_it_is(
    tmp_path: Path, command: str
) -> None:
    assert unread("--config", "missing.toml", command, "--no-such", folder=tmp_path) == 2


@pytest.mark.parametrize("command", ["run", "once", "status"])
def test_settings_that_cannot_be_used_are_so_though_nobody_reads_it(
    tmp_path: Path, command: str
) -> None:
    assert unread("--config", "missing.toml", command, folder=tmp_path) == 2


def test_settings_that_cannot_be_used_are_an_error_in_the_journal_too(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    found = os.fstat(writing)
    with open(reading, encoding="utf-8") as journal:
        try:
            subprocess.run(
                [sys.executable, "-m", "ingestd", "--config", "missing.toml", "run"],
                cwd=tmp_path,
                env={**ALONE, "JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"},
                stderr=writing,
                timeout=LONGEST,
                check=False,
            )
        finally:
            os.close(writing)
        said = journal.read().splitlines()

    assert said[0].startswith("<3>ingestd: There is no settings file")
    assert {line[:3] for line in said} == {"<3>"}
