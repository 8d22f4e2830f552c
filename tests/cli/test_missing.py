"""`ingestd history --missing`: documents whose files are gone, and how they are closed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ingestd.missing import CLOSED
from ingestd.model import Document, Outcome, State
from tests.acceptance.running import Site
from tests.cli.running import ingestd
from tests.cli.terminal import on_terminal
from tests.ledger.documents import SHA, bring, document
from tests.workbench import new_ledger


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with an inbox that was served before, and a ledger."""
    site = Site(tmp_path, "http://127.0.0.1:1", "token")
    site.write_settings()
    (site.inbox() / ".ingestd/work").mkdir(parents=True)
    (site.inbox() / ".ingestd/inbox.json").write_text('{"id": "an-id"}')
    (tmp_path / site.state).mkdir()
    return site


FACTS: dict[State, dict[str, Any]] = {
    State.UNKNOWN: {"external_id": "ingestd-ab"},
    State.UPLOADED: {"outcome": Outcome.DELIVERED, "invoice_id": "inv-42"},
    State.DUPLICATE: {"outcome": Outcome.DUPLICATE, "reason": "Kanbert has it as inv-7."},
    State.FAILED: {"outcome": Outcome.FAILED, "reason": "This is not a PDF."},
}
KNOWN = {
    State.CLAIMED: "nothing of it was sent",
    State.ACCEPTED: "nothing of it was sent",
    State.UPLOADING: "whether it became an invoice is not known",
    State.UNKNOWN: 'external_id "ingestd-ab"',
    State.UPLOADED: "Kanbert has it as invoice inv-42.",
    State.DUPLICATE: "Kanbert has it as inv-7.",
    State.FAILED: "It had failed: This is not a PDF.",
}


def under_way(site: Site, state: State, **facts: Any) -> None:
    """Have the ledger know a document, whose file is nowhere."""
    ledger = new_ledger(site.folder / site.state)
    given = {"sha256": SHA, "size": 3, **FACTS.get(state, {}), **facts}
    bring(ledger, document(1), state, **(given if state is not State.CLAIMED else {}))
    ledger.close()


def file_of(site: Site) -> Path:
    return site.inbox() / ".ingestd/work/id-1/invoice-1.pdf"


def missing(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    return ingestd("history", "--missing", *arguments, folder=site.folder)


def remembered(site: Site) -> Document:
    ledger = new_ledger(site.folder / site.state)
    found = ledger.document("id-1")
    ledger.close()
    assert found is not None
    return found


@pytest.mark.parametrize("state", KNOWN)
def test_what_is_known_of_it_is_said_and_nothing_changed(site: Site, state: State) -> None:
    under_way(site, state)

    told = missing(site)

    assert told.returncode == 1
    assert KNOWN[state] in told.stdout
    assert remembered(site).state is state


@pytest.mark.parametrize("state", KNOWN)
def test_it_is_closed_with_all_that_is_known_of_it(site: Site, state: State) -> None:
    under_way(site, state)

    told = ingestd("history", "--close", "--yes", folder=site.folder)

    assert told.returncode == 0, told.stderr
    assert KNOWN[state] in told.stdout
    closed = remembered(site)
    facts = FACTS.get(state, {})
    assert closed.state is State.FILED
    assert closed.outcome is facts.get("outcome", Outcome.FAILED)
    assert closed.invoice_id == facts.get("invoice_id", "")
    assert facts.get("reason", "Its file is neither" if not facts else "") in closed.reason
    again = missing(site)
    assert (again.returncode, again.stdout) == (0, "")
    assert CLOSED in ingestd("history", "id-1", folder=site.folder).stdout


def test_a_planned_place_is_named_and_then_forgotten(site: Site) -> None:
    destination = str(site.inbox() / "done/invoice-1.pdf")
    under_way(site, State.UPLOADED, destination=destination)

    told = missing(site, "--close", "--yes")

    assert f"It was to be filed as {destination}." in told.stdout
    assert remembered(site).destination == ""


def test_one_whose_file_is_in_work_is_not_missing(site: Site) -> None:
    under_way(site, State.CLAIMED)
    file_of(site).parent.mkdir()
    file_of(site).write_bytes(b"abc")

    told = missing(site, "--close", "--yes")

    assert (told.returncode, told.stdout) == (0, "")
    assert remembered(site).state is State.CLAIMED


@pytest.mark.parametrize("content", [b"abc", b"another"])
def test_one_at_its_destination_is_not_missing_and_another_there_is_not_it(
    site: Site, content: bytes
) -> None:
    destination = site.inbox() / "done/invoice-1.pdf"
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc
    under_way(site, State.UPLOADED, destination=str(destination), sha256=sha256)
    destination.parent.mkdir()
    destination.write_bytes(content)

    assert missing(site).returncode == (content != b"abc")


def test_nothing_is_called_missing_in_a_share_that_is_away(site: Site) -> None:
    under_way(site, State.CLAIMED)
    (site.inbox() / ".ingestd/inbox.json").unlink()

    told = missing(site, "--close", "--yes")

    assert (told.returncode, told.stdout) == (1, "")
    assert "Mount the share" in told.stderr
    assert remembered(site).state is State.CLAIMED


def test_nothing_is_called_missing_in_a_done_folder_that_is_away(site: Site) -> None:
    archive = site.folder / "archive"
    site.options["done"] = f'"{archive}"'
    site.write_settings()
    under_way(site, State.UPLOADED, destination=str(archive / "invoice-1.pdf"))

    told = missing(site)

    assert (told.returncode, told.stdout) == (1, "")
    assert f"The folder {archive} is not there" in told.stderr


def test_one_of_an_inbox_that_left_the_settings_can_be_closed_too(site: Site) -> None:
    site.inboxes = ["mailbox"]
    site.inbox("mailbox").mkdir()
    site.write_settings()
    under_way(site, State.CLAIMED)

    told = missing(site, "--inbox", "scanner", "--close", "--yes")

    assert told.returncode == 0
    assert remembered(site).state is State.FILED


def test_for_scripts_it_is_json(site: Site) -> None:
    under_way(site, State.UPLOADED)

    told = json.loads(missing(site, "--json").stdout)

    assert (told["id"], told["state"], told["invoice_id"]) == ("id-1", "uploaded", "inv-42")
    assert told["known"] == KNOWN[State.UPLOADED]


def test_a_script_has_to_say_that_it_means_it(site: Site) -> None:
    under_way(site, State.CLAIMED)

    told = missing(site, "--close")

    assert told.returncode == 2
    assert "--yes" in told.stderr
    assert remembered(site).state is State.CLAIMED


def test_an_answer_to_what_is_not_asked_is_not_understood(site: Site) -> None:
    under_way(site, State.CLAIMED)

    told = missing(site, "--yes")

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.endswith("--yes closes nothing by itself; give --close with it.\n")


@pytest.mark.parametrize(("answer", "code", "state"), [("y", 0, "filed"), ("n", 1, "claimed")])
def test_a_person_is_asked(site: Site, answer: str, code: int, state: str) -> None:
    under_way(site, State.CLAIMED)

    exited, said = on_terminal("history", "--close", folder=site.folder, typed=f"{answer}\n")

    assert "Close 1 document, gone for good?" in said
    assert (exited, remembered(site).state) == (code, state)


def test_only_those_that_are_named_are_closed(site: Site) -> None:
    under_way(site, State.CLAIMED)

    assert missing(site, "another.pdf", "--close", "--yes").stdout == ""
    assert remembered(site).state is State.CLAIMED
    assert missing(site, "invoice-*", "--close", "--yes").returncode == 0
    assert remembered(site).state is State.FILED


def test_all_of_them_are_closed_however_many_there_are(site: Site) -> None:
    ledger = new_ledger(site.folder / site.state)
    for number in range(51):
        ledger.add(document(number))
    ledger.close()

    told = missing(site, "--close", "--yes")

    assert "Closed 51 documents" in told.stderr
    assert missing(site).returncode == 0


@pytest.mark.parametrize(("word", "shown"), [("claimed", 0), ("uploaded", 1), ("delivered", 1)])
def test_states_and_outcomes_narrow_it_down(site: Site, word: str, shown: int) -> None:
    under_way(site, State.UPLOADED)

    assert missing(site, "--state", word).returncode == shown
