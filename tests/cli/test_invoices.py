"""`ingestd invoices`: list, show, update."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ingestd.sandbox import Fault, Kind, NewBooking, NewInvoice, StoredInvoice
from tests.cli.accounts import NOWHERE, settle
from tests.cli.running import ALONE, LONGEST, ingestd, interrupted, unread
from tests.cli.terminal import on_terminal
from tests.workbench import LIST, LocalKanbert

GET, UPDATE = "getIncomingInvoice", "updateIncomingInvoice"


@pytest.fixture
def desk(tmp_path: Path, local_kanbert: LocalKanbert) -> Path:
    """A folder with settings."""
    settle(tmp_path, local_kanbert)
    return tmp_path


@pytest.fixture
def paper(local_kanbert: LocalKanbert) -> StoredInvoice:
    """An invoice."""
    new = NewInvoice(
        title="Paper",
        invoice_number="R-1",
        sum_net=10_000,
        sum_tax=2_000,
        supplier_id="sU7pQ2",
        date_of_invoice="2024-01-05T00:00:00Z",
        due_date="2024-01-31T00:00:00Z",
        notes="for the office",
    )
    return local_kanbert.store.add(new, [NewBooking(title="Office", value=10_000)])


def fill(kanbert: LocalKanbert, number: int) -> None:
    for n in range(number):
        kanbert.store.add(NewInvoice(title=f"title-{n:03}", sum_net=n * 100))


# ---- list ----------------------------------------------------------------------------------------


def test_invoices_are_listed_as_a_table(desk: Path, paper: StoredInvoice) -> None:
    told = ingestd("invoices", "list", folder=desk)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "ID        NUMBER  TITLE  DATE         GROSS  STATUS  SUPPLIER",
        f"{paper.id}  R-1     Paper  2024-01-05  120.00  open    Acme GmbH",
    ]


def test_all_pages_are_listed_unless_there_is_a_limit(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    fill(local_kanbert, 65)

    listed = [
        len(ingestd("invoices", "list", *limit, folder=desk).stdout.splitlines()) - 1
        for limit in ([], ["--limit", "0"], ["--limit", "40"], ["--limit", "2"])
    ]

    assert listed == [65, 65, 40, 2]
    assert local_kanbert.journal.count(LIST) == 3 + 3 + 2 + 1


def test_they_are_filtered_and_sorted_by_kanbert(desk: Path, local_kanbert: LocalKanbert) -> None:
    fill(local_kanbert, 5)
    condition = "sum_net gte 2 and sum_net lt 4"

    told = ingestd("invoices", "list", "--filter", condition, "--sort", "-title", folder=desk)

    assert [line.split()[1] for line in told.stdout.splitlines()[1:]] == ["title-003", "title-002"]


def test_for_scripts_there_is_a_line_of_json_for_each(desk: Path, paper: StoredInvoice) -> None:
    told = ingestd("invoices", "list", "--json", folder=desk)

    (invoice,) = map(json.loads, told.stdout.splitlines())
    assert (invoice["id"], invoice["sum_gross"]) == (paper.id, 120)
    assert invoice["supplier"] == {"id": "sU7pQ2", "name": "Acme GmbH"}
    assert invoice["date_of_invoice"] == "2024-01-05T00:00:00+00:00"
    assert "bookings" not in invoice  # lists do not show them, which is not having none


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_invoices_are_no_error(desk: Path, form: list[str]) -> None:
    told = ingestd("invoices", "list", *form, folder=desk)

    assert (told.returncode, told.stdout) == (0, "")


def test_what_comes_is_printed_before_the_next_page_is_asked_for(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    fill(local_kanbert, 31)
    first = {"data": [{"id": "a"}], "links": [], "meta": {"next_cursor": "more"}}
    local_kanbert.faults.add(
        Fault(operation=LIST, status=200, body=json.dumps(first)),
        Fault(operation=LIST, status=422),
    )

    told = ingestd("invoices", "list", folder=desk)

    assert told.returncode == 1
    assert told.stdout.splitlines()[1:] == ["a"]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_reader_that_has_seen_enough_is_no_error(
    desk: Path, local_kanbert: LocalKanbert, form: list[str]
) -> None:
    fill(local_kanbert, 90)
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "ingestd", "invoices", "list", *form],
        cwd=desk,
        env=ALONE,
        stdout=writing,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(writing)
        os.read(reading, 10)
        os.close(reading)
        said = process.communicate(timeout=LONGEST)[1]

    assert (process.returncode, said) == (0, b"")


def test_on_a_terminal_long_titles_are_cut_and_headings_bold(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.store.add(NewInvoice(title="long " * 40))

    code, text = on_terminal("invoices", "list", folder=desk)

    assert code == 0
    headings, row = text.splitlines()
    assert headings.startswith("\x1b[1mID")
    assert "…" in row
    assert len(row) <= 80


@pytest.mark.parametrize("variable", ["NO_COLOR=1", "TERM=dumb"])
def test_without_colours_where_they_are_not_wanted(
    desk: Path, paper: StoredInvoice, variable: str
) -> None:
    name, _, value = variable.partition("=")

    code, text = on_terminal("invoices", "list", folder=desk, **{name: value})

    assert code == 0
    assert paper.id in text
    assert "\x1b" not in text


def test_texts_of_the_server_do_no_harm_to_a_terminal(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.store.add(NewInvoice(title="a\x1b[2Jb\nc"))

    told = ingestd("invoices", "list", folder=desk)

    assert r"a\x1b[2Jb\nc" in told.stdout


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_letters_that_the_terminal_does_not_have_are_escaped(
    desk: Path, local_kanbert: LocalKanbert, form: list[str]
) -> None:
    local_kanbert.store.add(NewInvoice(title="📎"))

    told = ingestd("invoices", "list", *form, folder=desk, PYTHONIOENCODING="latin-1")

    assert (told.returncode, told.stderr) == (0, "")
    if form:
        assert json.loads(told.stdout)["title"] == "📎"
    else:
        assert r"\U0001f4ce" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sort", "titel"], "invoices cannot be sorted by 'titel'; did you mean 'title'?\n"),
        (["--limit", "-1"], "-1 is not in the range"),
        (["--filter", "a\udcff"], "it has broken characters"),
    ],
)
def test_wrong_usage_is_said_and_nothing_asked(
    desk: Path, local_kanbert: LocalKanbert, arguments: list[str], said: str
) -> None:
    told = ingestd("invoices", "list", *arguments, folder=desk)

    assert told.returncode == 2
    assert said in told.stderr
    assert local_kanbert.journal.count() == 0


def test_a_filter_that_kanbert_cannot_read_is_said_with_an_example(desk: Path) -> None:
    told = ingestd("invoices", "list", "--filter", "status is open", folder=desk)

    assert told.returncode == 1
    said, hint = told.stderr.splitlines()
    assert said.startswith("ingestd: Kanbert did not list the invoices: The filter is invalid")
    assert hint == """  Write it such as --filter 'status eq "open" and sum_gross gte 100'."""


def test_a_kanbert_that_is_away_is_3(desk: Path, local_kanbert: LocalKanbert) -> None:
    settle(desk, local_kanbert, base_url=NOWHERE)

    told = ingestd("invoices", "list", folder=desk)

    assert told.returncode == 3
    assert told.stderr.startswith("ingestd: Kanbert could not be asked to list the invoices")


# ---- show ----------------------------------------------------------------------------------------


def test_an_invoice_is_shown_with_its_bookings(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    (booking,) = local_kanbert.store.bookings(paper.id)

    told = ingestd("invoices", "show", paper.id, folder=desk)

    lines = [line.split(maxsplit=1) for line in told.stdout.splitlines()]
    assert told.returncode == 0
    assert ["id", paper.id] in lines
    assert ["sum_gross", "120.00"] in lines
    assert ["supplier", "Acme GmbH (sU7pQ2)"] in lines
    assert lines[-2:] == [
        ["BOOKING", "TYPE      VALUE  TITLE   ACCOUNT"],
        [booking.id, "account  100.00  Office"],
    ]


def test_for_scripts_it_is_one_object(desk: Path, paper: StoredInvoice) -> None:
    told = ingestd("invoices", "show", paper.id, "--json", folder=desk)

    shown = json.loads(told.stdout)
    assert (shown["id"], len(shown["bookings"])) == (paper.id, 1)


@pytest.mark.parametrize("command", [["show"], ["update", "--title", "x"]])
def test_one_that_is_not_there_is_1_and_where_to_find_ids(desk: Path, command: list[str]) -> None:
    told = ingestd("invoices", *command, "nope", folder=desk)

    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        "ingestd: Kanbert did not show the invoice: Not found.",
        "  Its id is the first column of `ingestd invoices list`.",
    ]


def test_what_is_no_id_is_not_asked_for(desk: Path, local_kanbert: LocalKanbert) -> None:
    told = ingestd("invoices", "show", "..", folder=desk)

    assert told.returncode == 2
    assert '".." is no id.' in told.stderr
    assert local_kanbert.journal.count() == 0


# ---- update --------------------------------------------------------------------------------------


def test_what_changes_is_shown_and_changed(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    changes = ["--due-date", "15.02.2024", "--net-value", "99.50", "--clear", "notes", "--tag", "x"]

    told = ingestd("invoices", "update", paper.id, *changes, folder=desk)

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "  notes      for the office -> (empty)",
        "  due_date   2024-01-31 -> 2024-02-15",
        "  net_value  100.00 -> 99.50",
        "  tags       (not shown) -> x",
        "Changed.",
    ]
    (after,) = local_kanbert.store.invoices()
    assert (after.notes, after.sum_net, after.tags) == (None, 9950, ("x",))
    assert (after.due_date or "").startswith("2024-02-15")
    assert after.title == "Paper"


def test_what_nobody_reads_is_changed_all_the_same(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    code = unread("invoices", "update", paper.id, "--title", "x", folder=desk)

    (after,) = local_kanbert.store.invoices()
    assert (code, after.title) == (0, "x")


def test_a_dry_run_shows_it_and_changes_nothing(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    told = ingestd("invoices", "update", paper.id, "--title", "Pens", "--dry-run", folder=desk)

    assert told.returncode == 0
    assert told.stdout.splitlines() == [
        "  title  Paper -> Pens",
        "Not changed: this is a dry run.",
    ]
    assert local_kanbert.journal.count(UPDATE) == 0


def test_what_is_so_already_is_not_sent(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    told = ingestd("invoices", "update", paper.id, "--title", "Paper", folder=desk)

    assert (told.returncode, told.stdout) == (0, "Nothing to change: it is so already.\n")
    assert local_kanbert.journal.count(UPDATE) == 0


@pytest.mark.parametrize("dry", [False, True])
def test_for_scripts_it_is_one_object_with_both_sides(
    desk: Path, paper: StoredInvoice, dry: bool
) -> None:
    options = ["--vat", "20=20.00", "--json", *(["--dry-run"] if dry else [])]

    told = ingestd("invoices", "update", paper.id, *options, folder=desk)

    said = json.loads(told.stdout)
    assert (said["invoice"], said["changed"]) == (paper.id, not dry)
    assert said["changes"] == {"vats": {"old": [], "new": [{"vat": 20, "value": 20}]}}
    assert (said["after"] is None) is dry
    assert said["dry_run"] is dry


def test_a_change_whose_answer_is_lost_is_seen_by_looking(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=UPDATE))

    told = ingestd("invoices", "update", paper.id, "--title", "Pens", folder=desk)

    assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "Changed.")


def test_ctrl_c_while_it_is_changed_says_that_it_may_have_been(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_HANG, operation=UPDATE))

    told = interrupted(
        *("invoices", "update", paper.id, "--title", "Pens"),
        folder=desk,
        when=lambda: local_kanbert.journal.wait_for(
            lambda seen: any(one.operation == UPDATE for one in seen), seconds=LONGEST
        ),
    )

    assert told.returncode == 130
    assert told.stderr.startswith("Interrupted: whether Kanbert carried it out is not known.\n  ")


def test_one_that_stays_unknown_needs_a_person(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    local_kanbert.faults.add(Fault(operation=UPDATE, status=500))

    told = ingestd("invoices", "update", paper.id, "--title", "Pens", folder=desk)

    assert told.returncode == 1
    assert "Kanbert did not update the invoice" in told.stderr
    assert "doing the same again does no harm" in told.stderr
    assert "Changed." not in told.stdout


def test_what_kanbert_refuses_is_told_in_its_words(desk: Path, paper: StoredInvoice) -> None:
    told = ingestd("invoices", "update", paper.id, "--supplier-id", "nobody", folder=desk)

    assert told.returncode == 1
    assert "Kanbert did not update the invoice: " in told.stderr
    assert "supplier" in told.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "There is nothing to change: give a field, or --clear one."),
        (["--clear", "title"], 'There is no "title".'),
        (["--clear", "net-valeu"], 'Did you mean "net_value"?'),
        (["--clear", "notes", "--notes", "x"], "--notes and --clear notes exclude each other."),
        (["--status", "booked"], 'There is no "booked".'),
        (["--net-value", "x"], "'--net-value': must be a number such as 1234.56."),
    ],
)
def test_a_wrong_update_is_said_and_nothing_asked(
    desk: Path, local_kanbert: LocalKanbert, arguments: list[str], said: str
) -> None:
    told = ingestd("invoices", "update", "a", *arguments, folder=desk)

    assert told.returncode == 2
    assert said in told.stderr
    assert local_kanbert.journal.count() == 0


@pytest.mark.parametrize("name", ["payment_account_id", "payment-account-id", "--tag", "tags"])
def test_a_field_to_clear_can_be_called_like_the_option(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice, name: str
) -> None:
    local_kanbert.store.update(paper.id, {"payment_account_id": "pB6kN2", "tags": ("a",)})

    told = ingestd("invoices", "update", paper.id, "--clear", name, folder=desk)

    (after,) = local_kanbert.store.invoices()
    assert told.returncode == 0, told.stderr
    assert None in (after.payment_account_id, after.tags or None)


def test_old_and_new_are_coloured_on_a_terminal(desk: Path, paper: StoredInvoice) -> None:
    code, text = on_terminal("invoices", "update", paper.id, "--title", "Pens", folder=desk)

    assert code == 0
    assert "\x1b[31mPaper\x1b[0m -> \x1b[32mPens\x1b[0m" in text


def test_amounts_are_sent_as_they_are_written(
    desk: Path, local_kanbert: LocalKanbert, paper: StoredInvoice
) -> None:
    ingestd("invoices", "update", paper.id, "--net-value", "0.07", folder=desk)

    assert Decimal(local_kanbert.store.invoices()[0].sum_net) / 100 == Decimal("0.07")


# ---- the group -----------------------------------------------------------------------------------


def test_a_misspelt_command_is_said_with_what_was_meant(desk: Path) -> None:
    told = ingestd("invoices", "lst", folder=desk)

    assert told.returncode == 2
    assert 'There is no command "lst". Did you mean "list"?' in told.stderr


@pytest.mark.parametrize("command", ["list", "show", "update"])
def test_each_command_shows_an_example(desk: Path, command: str) -> None:
    told = ingestd("invoices", command, "--help", folder=desk)

    assert f"Example:\n    ingestd invoices {command}" in told.stdout
