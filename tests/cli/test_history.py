"""`ingestd history`, as people and scripts run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ingestd.cli.history import copy_of
from ingestd.model import Outcome, State
from tests.acceptance.running import Site
from tests.cli.running import ingestd
from tests.cli.terminal import on_terminal
from tests.ledger.documents import bring, document
from tests.workbench import new_ledger

MD5 = "0123456789abcdef" * 2


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site where one document was delivered and one failed."""
    site = Site(tmp_path, "http://127.0.0.1:1", "token")
    site.write_settings()
    (tmp_path / site.state).mkdir()
    ledger = new_ledger(tmp_path / site.state)
    invoice, letter = document(1, name="invoice.pdf"), document(2, name="letter \x1b[31m.pdf")
    delivered = {"outcome": Outcome.DELIVERED, "invoice_id": "42", "md5": MD5}
    failed = {"outcome": Outcome.FAILED, "reason": "This is not a PDF."}
    for one, state, facts in [(invoice, State.UPLOADED, delivered), (letter, State.FAILED, failed)]:
        ledger.advance(bring(ledger, one, state, **facts), State.FILED)
    ledger.close()
    return site


def history(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ingestd("history", *arguments, folder=site.folder)


def test_all_documents_are_listed(site: Site) -> None:
    told = history(site)

    assert (told.returncode, told.stderr) == (0, "")
    lines = told.stdout.splitlines()
    assert lines[0].split() == ["LAST", "STEP", "INBOX", "OUTCOME", "DOCUMENT", "INVOICE", "MD5"]
    assert sorted(line.split()[3] for line in lines[1:]) == ["delivered", "failed"]


def test_every_step_of_one_document_is_shown(site: Site) -> None:
    by_name, by_md5 = history(site, "invoice.pdf"), history(site, MD5)

    assert by_name.stdout == by_md5.stdout
    assert "invoice  42\n" in by_name.stdout
    steps = by_name.stdout.split("\n\n")[1].splitlines()[1:]
    assert [line.split()[2] for line in steps] == [
        "claimed",
        "accepted",
        "uploaded",
        "filed",
    ]


COPY = {"sent_size": 1234, "sent_md5": "ab" * 16}
SENT = {"attempts": 1, **COPY}


@pytest.mark.parametrize(
    ("state", "facts", "said"),
    [
        (State.UPLOADED, {"outcome": Outcome.DELIVERED, **SENT}, "sent  a copy of 1234 bytes"),
        (State.FAILED, {"outcome": Outcome.FAILED, **SENT}, "sent  a copy of 1234 bytes"),
        (State.UNKNOWN, SENT, "sent  a copy of 1234 bytes"),
        (State.DUPLICATE, {"outcome": Outcome.DUPLICATE, **COPY}, "known as  a copy of 1234 bytes"),
        (State.FAILED, {"outcome": Outcome.FAILED, **COPY}, ""),
        (State.ACCEPTED, COPY, ""),
        (State.ACCEPTED, SENT, ""),
        (State.RELEASED, COPY, ""),
        (State.RELEASED, SENT, ""),
    ],
)
def test_of_a_smaller_copy_is_said_what_became_of_it(
    state: State, facts: dict[str, Any], said: str
) -> None:
    about = copy_of(document(state=state, **facts))

    assert [f"{name}  {fact}" for name, fact in about.items()] == (
        [said, f"its md5  {COPY['sent_md5']}"] if said else []
    )


def test_of_one_that_went_back_into_the_inbox_no_copy_was_sent(site: Site) -> None:
    ledger = new_ledger(site.folder / site.state)
    bring(ledger, document(3, name="scan.pdf"), State.RELEASED, **COPY)
    ledger.close()

    told = history(site, "scan.pdf").stdout

    assert "released" in told
    assert "a copy" not in told


def test_scripts_get_a_line_of_json_for_each(site: Site) -> None:
    told = history(site, "--state", "failed", "--json")

    (line,) = told.stdout.splitlines()
    document = json.loads(line)
    assert document["reason"].startswith("This is not a PDF")
    assert [step["state"] for step in document["steps"]] == ["claimed", "failed", "filed"]


def test_a_name_cannot_colour_the_terminal(site: Site) -> None:
    _, shown = on_terminal("history", "--state", "failed", folder=site.folder, NO_COLOR="1")

    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing.pdf"], 1, "There is no such document.\n"),
        (["--since", "2999-01-01"], 0, "There are no such documents.\n"),
        (["--inbox", "scaner"], 2, 'There is no inbox "scaner".\n  Did you mean "scanner"?'),
        (["--inbox", ""], 2, 'There is no inbox "".'),
        (["--since", "yesterday"], 2, '"yesterday" is no time; write 2026-05-04'),
        (["--since", "9999999w"], 2, '"9999999w" is no time'),
        (["--limit", "99999999999999999999"], 2, "99999999999999999999 is not in the range"),
        (["--state", "lost"], 2, 'There is no "lost". There is: accepted, claimed, '),
        (["--state", "faild"], 2, 'There is no "faild". Did you mean "failed"? There is: '),
        (["--limit", "-1"], 2, "-1"),
    ],
)
def test_what_cannot_be_found_or_understood_is_said(
    site: Site, arguments: list[str], code: int, said: str
) -> None:
    told = history(site, *arguments)

    assert (told.returncode, told.stdout) == (code, "")
    assert said in told.stderr


def test_an_inbox_that_is_no_longer_set_has_its_history_still(site: Site) -> None:
    ledger = new_ledger(site.folder / site.state)
    ledger.add(document(3, inbox="former"))
    ledger.close()

    told = history(site, "--inbox", "former")

    assert told.returncode == 0
    assert len(told.stdout.splitlines()) == 2


def test_before_the_first_run_nothing_happened(tmp_path: Path) -> None:
    Site(tmp_path, "http://127.0.0.1:1", "token").write_settings()

    told = ingestd("history", folder=tmp_path)

    assert told.returncode == 0
    assert told.stderr == "Nothing happened yet: there is no ledger in state_dir.\n"


@pytest.mark.parametrize("since", ["1h", "30min", "2000-01-01", "2000-01-01T15:00"])
def test_times_are_written_as_people_do(site: Site, since: str) -> None:
    assert len(history(site, "--since", since).stdout.splitlines()) == 3
