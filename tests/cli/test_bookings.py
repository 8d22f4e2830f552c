"""`ingestd bookings`: update, delete."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ingestd.sandbox import Fault, Kind, NewBooking, NewInvoice
from tests.cli.accounts import settle
from tests.cli.running import LONGEST, ingestd, interrupted
from tests.cli.terminal import on_terminal
from tests.workbench import LocalKanbert

UPDATE, DELETE = "updateIncomingInvoiceBooking", "deleteIncomingInvoiceBooking"


@pytest.fixture
def desk(tmp_path: Path, local_kanbert: LocalKanbert) -> Path:
    """A folder with settings."""
    settle(tmp_path, local_kanbert)
    return tmp_path


@pytest.fixture
def ids(local_kanbert: LocalKanbert) -> tuple[str, str]:
    """An invoice and its booking."""
    booking = NewBooking(title="Office", value=10_000, project_id="p1")
    invoice = local_kanbert.store.add(NewInvoice(title="Paper"), [booking])
    return invoice.id, local_kanbert.store.bookings(invoice.id)[0].id


def test_what_changes_is_shown_and_changed(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str]
) -> None:
    changes = ["--value", "80.50", "--type", "reference", "--clear", "project-id"]

    told = ingestd("bookings", "update", *ids, *changes, folder=desk)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "  value       100.00 -> 80.50",
        "  type        account -> reference",
        "  project_id  p1 -> (empty)",
        "Changed.",
    ]
    (after,) = local_kanbert.store.bookings(ids[0])
    assert (after.value, after.type, after.project_id, after.title) == (
        *(8050, "reference", None),
        "Office",
    )


def test_a_dry_run_changes_nothing(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str]
) -> None:
    told = ingestd("bookings", "update", *ids, "--value", "1", "--dry-run", "--json", folder=desk)

    said = json.loads(told.stdout)
    assert (said["invoice"], said["booking"]) == ids
    assert (said["changed"], said["after"]) == (False, None)
    assert said["changes"] == {"value": {"old": 100, "new": 1}}
    assert local_kanbert.journal.count(UPDATE) == 0


def test_a_booking_that_kanbert_does_not_show_can_be_changed(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str]
) -> None:
    body = json.dumps({"id": ids[0]})
    local_kanbert.faults.add(Fault(operation="getIncomingInvoice", status=200, body=body))

    told = ingestd("bookings", "update", *ids, "--value", "80", folder=desk)

    assert told.stdout.splitlines() == ["  value  (not shown) -> 80.00", "Changed."]


@pytest.mark.parametrize("command", [["update", "--value", "1"], ["delete", "--yes"]])
def test_one_that_is_not_there_is_1_and_the_others_are_named(
    desk: Path, ids: tuple[str, str], command: list[str]
) -> None:
    told = ingestd("bookings", *command, ids[0], "nope", folder=desk)

    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        f"ingestd: The invoice {ids[0]} has no booking nope.",
        f"  It has: {ids[1]}.",
    ]


def test_nothing_to_change_is_a_wrong_use(desk: Path, ids: tuple[str, str]) -> None:
    told = ingestd("bookings", "update", *ids, folder=desk)

    assert told.returncode == 2
    assert "There is nothing to change" in told.stderr


# ---- delete --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["update", "--value", "1"], ["delete", "--yes"]])
def test_an_invoice_that_there_is_not_is_said_with_where_ids_are(
    desk: Path, command: list[str]
) -> None:
    told = ingestd("bookings", *command, "nosuch", "x", folder=desk)

    assert told.returncode == 1
    assert told.stderr.splitlines()[1:] == [
        "  Its id is the first column of `ingestd invoices list`."
    ]


@pytest.mark.parametrize("typed", ["y\n", "yes\n"])
def test_deleting_asks_and_says_what_is_deleted(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str], typed: str
) -> None:
    code, text = on_terminal("bookings", "delete", *ids, folder=desk, typed=typed)

    assert code == 0
    about = f"Delete booking {ids[1]} (account, 100.00, Office) of invoice {ids[0]}?"
    assert about in " ".join(text.split())
    assert text.rstrip().endswith("Deleted.")
    assert local_kanbert.store.bookings(ids[0]) == []


@pytest.mark.parametrize("typed", ["n\n", "\n"])
def test_it_is_not_deleted_unless_that_is_said(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str], typed: str
) -> None:
    code, text = on_terminal("bookings", "delete", *ids, folder=desk, typed=typed)

    assert code == 1
    assert text.rstrip().endswith("Nothing was deleted.")
    assert local_kanbert.journal.count(DELETE) == 0


@pytest.mark.parametrize(
    ("answer", "code"), [({"interrupted_at": "[y/N]"}, 130), ({"typed": "\x04"}, 1)]
)
def test_neither_ctrl_c_nor_ctrl_d_at_the_question_deletes_anything(
    desk: Path,
    local_kanbert: LocalKanbert,
    ids: tuple[str, str],
    answer: dict[str, str],
    code: int,
) -> None:
    told, text = on_terminal("bookings", "delete", *ids, folder=desk, **answer)

    assert told == code
    assert re.search(r"\[y/N\]: .*\n.*Nothing was deleted\.\n$", text)
    assert "Traceback" not in text
    assert local_kanbert.journal.count(DELETE) == 0


@pytest.mark.parametrize(
    ("command", "operation"),
    [(["delete", "--yes"], DELETE), (["update", "--value", "80.50"], UPDATE)],
)
def test_ctrl_c_while_it_is_carried_out_says_that_it_may_have_been(
    desk: Path,
    local_kanbert: LocalKanbert,
    ids: tuple[str, str],
    command: list[str],
    operation: str,
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_HANG, operation=operation))

    told = interrupted(
        *("bookings", *command, *ids), folder=desk, when=lambda: sent(local_kanbert, operation)
    )

    assert told.returncode == 130
    assert told.stderr.splitlines()[0].startswith("Interrupted: whether Kanbert carried it out")
    assert f"ingestd invoices show {ids[0]}`" in told.stderr


def sent(local_kanbert: LocalKanbert, operation: str) -> bool:
    """Wait until something was asked of Kanbert."""
    return local_kanbert.journal.wait_for(
        lambda seen: any(one.operation == operation for one in seen), seconds=LONGEST
    )


def test_where_nobody_can_be_asked_it_refuses(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str]
) -> None:
    told = ingestd("bookings", "delete", *ids, folder=desk)

    assert told.returncode == 2
    assert (
        "There is no terminal to ask on; give --yes to delete without being asked." in told.stderr
    )
    assert local_kanbert.journal.count() == 0


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_with_yes_it_does_not_ask(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str], form: list[str]
) -> None:
    told = ingestd("bookings", "delete", *ids, "--yes", *form, folder=desk)

    assert (told.returncode, told.stderr) == (0, "")
    assert local_kanbert.store.bookings(ids[0]) == []
    if form:
        assert json.loads(told.stdout) == {
            "invoice": ids[0],
            "booking": ids[1],
            "deleted": True,
        }
    else:
        assert told.stdout == "Deleted.\n"


def test_what_stays_unknown_needs_a_person(
    desk: Path, local_kanbert: LocalKanbert, ids: tuple[str, str]
) -> None:
    local_kanbert.faults.add(Fault(operation=DELETE, status=500))

    told = ingestd("bookings", "delete", *ids, "--yes", folder=desk)

    assert told.returncode == 1
    assert "Kanbert did not delete the booking" in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize("command", ["update", "delete"])
def test_each_command_shows_an_example(desk: Path, command: str) -> None:
    told = ingestd("bookings", command, "--help", folder=desk)

    assert f"Example:\n    ingestd bookings {command}" in told.stdout
