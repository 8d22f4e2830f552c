"""Settings with an account and no inbox: enough for whoever only asks Kanbert."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import NewInvoice
from tests.cli.running import ingestd
from tests.workbench import LocalKanbert


@pytest.fixture
def desk(tmp_path: Path, local_kanbert: LocalKanbert) -> Path:
    """A folder with settings of that kind, and a document."""
    (tmp_path / "invoice.pdf").write_bytes(pdf("Paper"))
    (tmp_path / "ingestd.toml").write_text(
        f"""
state_dir = "{tmp_path}/state"
[accounts.main]
base_url = "{local_kanbert.base_url}"
token = "{local_kanbert.token}"
"""
    )
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["upload", "invoice.pdf"], 0),
        (["duplicate", "invoice.pdf"], 1),  # it is not known
        (["invoices", "list"], 0),
        (["invoices", "show", "{id}"], 0),
        (["invoices", "update", "{id}", "--notes", "x"], 0),
        (["bookings", "update", "{id}", "none", "--value", "1"], 1),  # nor is there such a booking
    ],
)
def test_what_only_asks_an_account_needs_no_inbox(
    desk: Path, local_kanbert: LocalKanbert, arguments: list[str], code: int
) -> None:
    invoice = local_kanbert.store.add(NewInvoice(title="Paper"))

    told = ingestd(*(one.format(id=invoice.id) for one in arguments), folder=desk)

    assert told.returncode == code
    assert "inbox" not in told.stderr
    assert local_kanbert.journal.count() > 0


def test_the_environment_alone_is_enough_for_it(
    tmp_path: Path, local_kanbert: LocalKanbert
) -> None:
    told = ingestd(
        *("invoices", "list"),
        folder=tmp_path,
        INGESTD_CONFIG="/dev/null",
        INGESTD_ACCOUNTS__MAIN__BASE_URL=local_kanbert.base_url,
        INGESTD_ACCOUNTS__MAIN__TOKEN=local_kanbert.token,
    )

    assert (told.returncode, told.stderr) == (0, "There are no such invoices.\n")


@pytest.mark.parametrize("arguments", [["run"], ["once"], ["retry", "--all"], ["reconcile"]])
def test_what_is_about_inboxes_says_that_there_is_none_and_what_to_write(
    desk: Path, arguments: list[str]
) -> None:
    told = ingestd(*arguments, folder=desk)

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == (
        "ingestd: There is no inbox in ingestd.toml.\n"
        '  Add [inboxes.scanner] with path = "/srv/scans" to the settings file, '
        "or set $INGESTD_INBOXES__SCANNER__PATH; the name is yours.\n"
    )


def test_status_shows_the_accounts_and_says_that_nothing_is_watched(desk: Path) -> None:
    told = ingestd("status", folder=desk)

    assert (told.returncode, told.stderr) == (0, "")
    assert "\nmain  " in told.stdout
    assert "There is no inbox in the settings: nothing is watched.\n" in told.stdout


def test_the_doctor_warns_of_it_and_finds_nothing_else_wrong(desk: Path) -> None:
    told = ingestd("doctor", "--json", folder=desk)

    findings = json.loads(told.stdout)["findings"]
    assert told.returncode == 0
    assert "There is none: nothing is watched." in [
        one["what"] for one in findings if one["subject"] == "inboxes"
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 0, "Nothing happened yet: there is no ledger in state_dir.\n"),
        (
            ["--inbox", "scanner"],
            2,
            'ingestd: There is no inbox "scanner".\n  The settings have none.\n',
        ),
    ],
)
def test_history_tells_of_what_was_all_the_same(
    desk: Path, arguments: list[str], code: int, said: str
) -> None:
    told = ingestd("history", *arguments, folder=desk)

    assert (told.returncode, told.stderr) == (code, said)
