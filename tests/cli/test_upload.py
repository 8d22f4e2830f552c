"""`ingestd upload`: files delivered outside of any inbox."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.sandbox import Fault, Kind, NewInvoice, VatLine
from tests.cli.accounts import NOWHERE, settle
from tests.cli.running import ALONE, LONGEST, ingestd, unread
from tests.cli.terminal import on_terminal
from tests.workbench import CHECK, CREATE, INVOICE, LocalKanbert

MD5, SHA256 = hashlib.md5(INVOICE).hexdigest(), hashlib.sha256(INVOICE).hexdigest()


@pytest.fixture
def desk(tmp_path: Path, local_kanbert: LocalKanbert) -> Path:
    """A folder with settings and a file."""
    settle(tmp_path, local_kanbert)
    (tmp_path / "invoice.pdf").write_bytes(INVOICE)
    return tmp_path


# ---- one file ------------------------------------------------------------------------------------


def test_a_file_is_delivered_and_stays_where_it_is(desk: Path, local_kanbert: LocalKanbert) -> None:
    told = ingestd("upload", "invoice.pdf", folder=desk)

    (invoice,) = local_kanbert.store.invoices()
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == f"invoice.pdf: delivered as {invoice.id}\n"
    assert (invoice.sha256, invoice.external_id) == (SHA256, f"ingestd-{SHA256}")
    assert (invoice.title, invoice.filename) == ("invoice", "invoice.pdf")
    assert invoice.external_origin == "ingestd upload"
    assert (desk / "invoice.pdf").read_bytes() == INVOICE


def test_fields_are_given_as_options(desk: Path, local_kanbert: LocalKanbert) -> None:
    fields = {
        "--title": "Paper",
        "--invoice-number": "R-1",
        "--type": "Credit",
        "--notes": "urgent",
        "--date-of-invoice": "2024-01-05",
        "--due-date": "31.01.2024",
        "--date-of-start": "2024-01-01",
        "--date-of-end": "2024-01-31",
        "--net-value": "1234.50",
        "--vat-value": "40.00",
        "--supplier-id": "sU7pQ2",
        "--editor-id": "uM3aR6",
        "--payment-account-id": "pB6kN2",
        "--external-id": "erp-1",
        "--external-origin": "erp",
    }
    options = [part for option in fields.items() for part in option]
    repeated = ["--tag", "a", "--tag", "b", "--vat", "20=38.00", "--vat", "10=2.00"]

    told = ingestd("upload", "invoice.pdf", *options, *repeated, folder=desk)

    assert told.returncode == 0, told.stderr
    (invoice,) = local_kanbert.store.invoices()
    assert (invoice.title, invoice.invoice_number, invoice.type) == ("Paper", "R-1", "Credit")
    assert (invoice.notes, invoice.tags) == ("urgent", ("a", "b"))
    assert (invoice.date_of_invoice or "").startswith("2024-01-05T00:00:00")
    assert (invoice.due_date or "").startswith("2024-01-31T00:00:00")
    assert (invoice.sum_net, invoice.sum_tax) == (123450, 4000)
    assert invoice.vats == (VatLine(2000, 3800), VatLine(1000, 200))
    assert (invoice.supplier_id, invoice.editor_id) == ("sU7pQ2", "uM3aR6")
    assert (invoice.external_id, invoice.external_origin) == ("erp-1", "erp")


def test_a_known_file_is_told_and_not_sent(desk: Path, local_kanbert: LocalKanbert) -> None:
    known = local_kanbert.store.add(NewInvoice(md5=MD5))

    told = ingestd("upload", "invoice.pdf", folder=desk)

    for_scripts = json.loads(ingestd("upload", "invoice.pdf", "--json", folder=desk).stdout)
    assert told.returncode == 0
    assert told.stdout == f"invoice.pdf: not sent, known already as {known.id}\n"
    assert (for_scripts["invoices"], for_scripts["external_id"]) == ([known.id], None)
    assert local_kanbert.journal.count(CREATE) == 0


def test_with_force_a_known_file_is_sent(desk: Path, local_kanbert: LocalKanbert) -> None:
    local_kanbert.store.add(NewInvoice(md5=MD5))

    told = ingestd("upload", "--force", "invoice.pdf", folder=desk)

    assert "delivered as" in told.stdout
    assert local_kanbert.store.count() == 2


def test_a_symlink_is_the_file_it_points_at(desk: Path, local_kanbert: LocalKanbert) -> None:
    (desk / "latest.pdf").symlink_to("invoice.pdf")

    ingestd("upload", "latest.pdf", folder=desk)

    (invoice,) = local_kanbert.store.invoices()
    assert (invoice.sha256, invoice.title) == (SHA256, "latest")


def test_one_that_points_at_itself_is_a_sentence(desk: Path) -> None:
    (desk / "loop.pdf").symlink_to("loop.pdf")

    told = ingestd("upload", "loop.pdf", folder=desk)

    assert told.returncode == 1
    assert told.stderr.startswith("ingestd: loop.pdf: This is not a regular file.")


def test_for_scripts_there_is_a_line_of_json_for_each_file(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    (desk / "letter.pdf").write_text("Dear Sir or Madam")

    told = ingestd("upload", "--json", "invoice.pdf", "letter.pdf", folder=desk)

    (invoice,) = local_kanbert.store.invoices()
    sent, failed = map(json.loads, told.stdout.splitlines())
    assert sent == {
        "file": "invoice.pdf",
        "outcome": "delivered",
        "invoices": [invoice.id],
        "external_id": f"ingestd-{SHA256}",
        "md5": MD5,
        "sha256": SHA256,
        "error": None,
        "hint": None,
    }
    assert failed.keys() == sent.keys()
    assert (failed["file"], failed["outcome"]) == ("letter.pdf", "failed")
    assert failed["error"].startswith("This is not a PDF")
    assert failed["hint"]
    assert (told.returncode, told.stderr) == (1, "")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_nobody_reads_is_sent_all_the_same(
    desk: Path, local_kanbert: LocalKanbert, options: tuple[str, ...]
) -> None:
    (desk / "letter.pdf").write_text("Dear Sir or Madam")
    (desk / "second.pdf").write_bytes(pdf("second"))

    code = unread("upload", *options, "invoice.pdf", "letter.pdf", "second.pdf", folder=desk)

    assert code == 1
    assert local_kanbert.store.count() == 2


# ---- what cannot be sent -------------------------------------------------------------------------


def test_one_file_s_trouble_is_that_file_s(desk: Path, local_kanbert: LocalKanbert) -> None:
    (desk / "letter.pdf").write_text("Dear Sir or Madam")
    (desk / "folder").mkdir()
    large = pdf("Invoice", padding=b"%" + b" " * 15_000_000 + b"\n")
    (desk / "large.pdf").write_bytes(large)

    told = ingestd(
        *("upload", "letter.pdf", "missing.pdf", "folder", "large.pdf", "invoice.pdf"), folder=desk
    )

    said = [line for line in told.stderr.splitlines() if not line.startswith(" ")]
    assert told.returncode == 1
    assert told.stdout.startswith("invoice.pdf: delivered as")
    assert said == [
        (
            "ingestd: letter.pdf: This is not a PDF or an image (JPEG, PNG, TIFF), "
            "whatever its name says."
        ),
        "ingestd: missing.pdf: It cannot be read: No such file or directory.",
        "ingestd: folder: This is not a regular file.",
        (
            f"ingestd: large.pdf: The file has {len(large):,} bytes; "
            "more than 15,000,000 cannot be delivered."
        ),
    ]
    assert told.stderr.count("\n  ") == len(said)  # what to do, for each
    assert "inbox" not in told.stderr
    assert local_kanbert.store.count() == 1


def test_what_kanbert_refuses_is_told_in_its_words(desk: Path, local_kanbert: LocalKanbert) -> None:
    told = ingestd("upload", "invoice.pdf", "--supplier-id", "nobody", folder=desk)

    assert told.returncode == 1
    said, hint = told.stderr.splitlines()
    assert said.startswith("ingestd: invoice.pdf: Kanbert did not create the invoice: ")
    assert "supplier" in said
    assert hint == "  Correct what Kanbert names there, and give the command again."
    assert local_kanbert.store.count() == 0


def test_an_id_that_is_taken_is_told_with_the_invoice_that_has_it(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    taken = local_kanbert.store.add(NewInvoice(external_id="erp-1"))

    told = ingestd("upload", "invoice.pdf", "--external-id", "erp-1", folder=desk)

    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        f'ingestd: invoice.pdf: Another invoice has the external_id "erp-1": {taken.id}.',
        "  Choose another --external-id.",
    ]


def test_names_do_no_harm_to_a_terminal(desk: Path) -> None:
    (desk / "a\x1b[2J\udcff.pdf").write_bytes(INVOICE)

    told = ingestd("upload", "a\x1b[2J\udcff.pdf", "b\n\x1b[2J.pdf", folder=desk)

    assert told.stdout.startswith(r"a\x1b[2J\udcff.pdf: delivered as")
    assert r"b\n\x1b[2J.pdf: It cannot be read" in told.stderr


# ---- lost answers --------------------------------------------------------------------------------


def test_a_lost_answer_is_looked_up_before_anything_is_said(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE))

    told = ingestd("upload", "invoice.pdf", folder=desk)

    (invoice,) = local_kanbert.store.invoices()
    assert (told.returncode, told.stdout) == (0, f"invoice.pdf: delivered as {invoice.id}\n")


def test_what_stays_unknown_needs_a_person_who_is_told_what_to_do(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(operation=CREATE, status=504))

    told = ingestd("upload", "invoice.pdf", "--json", folder=desk)

    said = json.loads(told.stdout)
    assert told.returncode == 1
    assert said["outcome"] == "unknown"
    assert said["error"].startswith("Kanbert did not create the invoice: ")
    assert (said["md5"], said["sha256"]) == (MD5, SHA256)
    assert said["hint"].startswith("Do the same again in a few minutes")


def test_ctrl_c_in_the_middle_says_that_it_can_be_done_again_and_it_can(
    desk: Path, local_kanbert: LocalKanbert
) -> None:
    local_kanbert.faults.add(Fault(kind=Kind.COMMIT_THEN_HANG, operation=CREATE))
    with subprocess.Popen(
        [sys.executable, "-m", "ingestd", "upload", "invoice.pdf"],
        cwd=desk,
        env=ALONE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert local_kanbert.journal.wait_for(
            lambda entries: any(one.outcome and one.operation == CREATE for one in entries),
            seconds=LONGEST,
        )
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LONGEST)[1]

    again = ingestd("upload", "invoice.pdf", folder=desk)

    assert process.returncode == 130
    assert said.splitlines()[0] == "Interrupted. The same command again sends nothing twice."
    assert "Traceback" not in said
    assert "known already" in again.stdout
    assert local_kanbert.store.count() == 1


# ---- everybody's trouble -------------------------------------------------------------------------


def test_an_account_that_refuses_us_ends_it(tmp_path: Path, local_kanbert: LocalKanbert) -> None:
    settle(tmp_path, local_kanbert, token="a-wrong-token")
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(INVOICE)

    told = ingestd("upload", "a.pdf", "b.pdf", folder=tmp_path)

    assert told.returncode == 3
    assert told.stderr.splitlines() == [
        "Not sent: 2 of 2.",
        "ingestd: Kanbert did not check for duplicates: Unauthenticated.",
        "  Check the token: it is missing, expired or not for this address.",
    ]
    assert local_kanbert.journal.count() == 1


def test_for_scripts_there_is_a_line_also_for_what_was_not_sent(
    tmp_path: Path, local_kanbert: LocalKanbert
) -> None:
    settle(tmp_path, local_kanbert, token="a-wrong-token")
    (tmp_path / "a.txt").write_text("Dear Sir or Madam")
    for name in ("b.pdf", "c.pdf"):
        (tmp_path / name).write_bytes(INVOICE)

    told = ingestd("upload", "--json", "a.txt", "b.pdf", "c.pdf", folder=tmp_path)

    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.returncode == 3
    assert [(one["file"], one["outcome"]) for one in lines] == [
        ("a.txt", "failed"),
        ("b.pdf", "not sent"),
        ("c.pdf", "not sent"),
    ]
    assert lines[1]["error"].startswith("Kanbert did not check for duplicates")
    assert lines[1]["hint"].startswith("Check the token")
    assert lines[0].keys() == lines[1].keys()


def test_a_kanbert_that_is_away_ends_it(tmp_path: Path, local_kanbert: LocalKanbert) -> None:
    settle(tmp_path, local_kanbert, base_url=NOWHERE)
    (tmp_path / "a.pdf").write_bytes(INVOICE)

    told = ingestd("upload", "a.pdf", folder=tmp_path)

    assert told.returncode == 3
    said, hint = told.stderr.splitlines()
    assert said.startswith("ingestd: Kanbert could not be asked to check for duplicates: ")
    assert hint.startswith("  Try again later; if it lasts, `ingestd doctor` looks")


def test_scripts_are_told_what_to_do_as_people_are(desk: Path, local_kanbert: LocalKanbert) -> None:
    settle(desk, local_kanbert, base_url=NOWHERE)

    told = ingestd("upload", "--json", "invoice.pdf", folder=desk)

    said = json.loads(told.stdout)
    assert said["error"].endswith(".")
    assert said["hint"].startswith("Try again later")
    assert told.stderr.splitlines() == [f"ingestd: {said['error']}", f"  {said['hint']}"]


def test_what_cannot_be_checked_is_not_sent(desk: Path, local_kanbert: LocalKanbert) -> None:
    local_kanbert.faults.add(Fault(operation=CHECK, status=500, times=None))

    told = ingestd("upload", "invoice.pdf", folder=desk)

    assert told.returncode == 3
    assert local_kanbert.journal.count(CREATE) == 0


# ---- usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'FILES...'."),
        ([""], "It is empty; name a file."),
        (["a.pdf", "--due-date", "31.02.2024"], '"31.02.2024" is no date'),
        (["a.pdf", "--tag", ""], "Invalid value for '--tag': it is empty."),
        (["a.pdf", "--vat", "20"], '"20" is not VAT=VALUE.'),
        (["a.pdf", "--net-value", "1,5"], "'--net-value': must be a number such as 1234.56."),
        (["a.pdf", "b.pdf", "--external-id", "x"], "--external-id is one invoice's; give one file"),
        (["a.pdf", "--titel", "x"], "No such option"),
    ],
)
def test_wrong_usage_is_said_and_nothing_sent(
    desk: Path, local_kanbert: LocalKanbert, arguments: list[str], said: str
) -> None:
    told = ingestd("upload", *arguments, folder=desk)

    assert told.returncode == 2
    assert said in told.stderr
    assert local_kanbert.journal.count() == 0


def test_of_several_accounts_one_is_named(desk: Path, local_kanbert: LocalKanbert) -> None:
    other = f'[accounts.other]\nbase_url = "{NOWHERE}"\ntoken = "t0ken"\n'
    settle(desk, local_kanbert, more=other)

    unnamed = ingestd("upload", "invoice.pdf", folder=desk)
    unset = ingestd("upload", "invoice.pdf", "--account", "", folder=desk)
    misspelt = ingestd("upload", "invoice.pdf", "--account", "mian", folder=desk)
    named = ingestd("upload", "invoice.pdf", "--account", "main", folder=desk)

    assert (unnamed.returncode, unset.returncode, named.returncode) == (2, 2, 0)
    assert 'There is no account "mian".\n  Did you mean "main"?' in misspelt.stderr
    assert 'There is no account "".' in unset.stderr
    assert "Name one with --account: main, other" in unnamed.stderr


# ---- on a terminal -------------------------------------------------------------------------------


def test_on_a_terminal_a_bar_shows_how_far_it_is(desk: Path) -> None:
    large = pdf("Invoice", padding=b"%" + b" " * 2_000_000 + b"\n")
    (desk / "large.pdf").write_bytes(large)

    code, text = on_terminal("upload", "invoice.pdf", "large.pdf", folder=desk)

    assert code == 0
    assert "2 of 2  large.pdf" in text
    assert "━" in text
    assert "invoice.pdf: delivered as" in text
    assert "large.pdf: delivered as" in text


def test_where_standard_error_is_no_terminal_there_is_none(desk: Path) -> None:
    assert ingestd("upload", "invoice.pdf", folder=desk, FORCE_COLOR="1").stderr == ""


def test_the_outcome_goes_to_standard_output_also_beside_a_bar(desk: Path) -> None:
    ours, its = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ingestd", "upload", "invoice.pdf"],
        cwd=desk,
        env={**ALONE, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=its,
        text=True,
    ) as process:
        os.close(its)
        said = process.communicate(timeout=LONGEST)[0]
    os.close(ours)

    assert said.startswith("invoice.pdf: delivered as")
