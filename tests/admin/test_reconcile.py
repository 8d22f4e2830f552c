"""Files under `done/` and invoices in Kanbert are held against each other."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from ingestd.admin import (
    Counts,
    Finding,
    MissingFile,
    MissingInvoice,
    NotOneThere,
    NotProven,
    Proofs,
    Reconciliation,
    Wanted,
)
from ingestd.admin.done import DoneFile
from ingestd.admin.proof import Absent, Held, Listed, Proven, Prover, Verdict
from ingestd.admin.remembered import filed_in, without_file
from ingestd.cli.samples import pdf
from ingestd.config import Settings
from ingestd.errors import AccountTrouble, OutcomeUnknown, Unavailable
from ingestd.intake import Look
from ingestd.kanbert import CreateInvoice, Invoice, Kanbert
from ingestd.model import Outcome, State
from ingestd.sandbox import Fault, Kind
from tests.hardship import bound_by_rights
from tests.intake.marking import make_ready
from tests.ledger.documents import SHA, bring, document
from tests.workbench import CHECK, LIST, Bench, LocalKanbert, new_client, new_ledger, now

GET = "getIncomingInvoice"


@dataclass
class Watched:
    """A client that tells what it is asked."""

    client: Kanbert
    on_ask: Callable[[str], None]

    def __getattr__(self, name: str) -> Any:
        self.on_ask(name)
        return getattr(self.client, name)


@dataclass
class Books:
    """An inbox whose documents were delivered, and what reconciling says of it."""

    bench: Bench
    client: Kanbert
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)
    """Of the inbox."""
    account: dict[str, Any] = field(default_factory=dict)
    """Options of the account."""
    inboxes: dict[str, Any] = field(default_factory=dict)
    """Others than it."""
    with_ledger: bool = True
    on_ask: Callable[[str], None] = lambda _: None
    """Told the name of each call of the client before it is made."""
    last: Reconciliation | None = None

    @property
    def done(self) -> Path:
        return self.bench.inbox / "done"

    @property
    def kanbert(self) -> LocalKanbert:
        return self.bench.kanbert

    def deliver(self, name: str, text: str = "", sidecars: Mapping[str, str] | None = None) -> Path:
        """Carry a document to its end; where it is now."""
        document = self.bench.carry(self.bench.claim(pdf(text or name), name, sidecars))
        assert document.state is State.FILED
        return Path(document.destination)

    def delete_invoice(self, number: int = 0) -> str:
        invoice = self.kanbert.store.invoices()[number]
        self.kanbert.store.delete(invoice.id)
        return invoice.id

    def proofs(self) -> Proofs:
        return Proofs(self.folder, now, lambda: 0.0)

    def settings(self) -> Settings:
        account = {"base_url": self.kanbert.base_url, "token": self.kanbert.token}
        account |= self.account
        inbox = {"path": self.bench.inbox, "account": "main", **self.options}
        return Settings.model_validate(
            {
                "accounts": {"main": account, "other": account},
                "inboxes": {"scanner": inbox, **self.inboxes},
            }
        )

    def reconcile(
        self,
        proofs: Proofs | None = None,
        on_step: Callable[[Counts], None] = lambda _: None,
        **wanted: Any,
    ) -> list[Finding]:
        return list(self.findings(proofs, on_step, **wanted))

    def findings(
        self,
        proofs: Proofs | None = None,
        on_step: Callable[[Counts], None] = lambda _: None,
        **wanted: Any,
    ) -> Iterator[Finding]:
        self.kanbert.journal.clear()
        self.last = Reconciliation(
            Wanted(**{"account": "main", **wanted}),
            self.settings(),
            cast("Kanbert", Watched(self.client, self.on_ask)),
            self.bench.ledger if self.with_ledger else None,
            proofs or self.proofs(),
            on_step=on_step,
        )
        return self.last.findings()

    def asked(self) -> dict[str, int]:
        return self.kanbert.journal.counts()


@pytest.fixture
def books(bench: Bench, local_kanbert: LocalKanbert, tmp_path: Path) -> Iterator[Books]:
    make_ready(bench.inbox, now())
    with new_client(local_kanbert) as client:
        yield Books(bench, client, tmp_path / "state")


def test_what_is_in_the_list_of_invoices_is_proven_without_a_further_question(
    books: Books,
) -> None:
    books.deliver("a.pdf")
    books.deliver("b.pdf")

    assert books.reconcile() == []
    assert books.asked() == {LIST: 1}
    assert books.last is not None
    assert (books.last.counts.files, books.last.counts.proven) == (2, 2)


def test_without_a_ledger_a_content_is_found_in_the_list(books: Books) -> None:
    books.deliver("a.pdf")
    books.with_ledger = False

    assert books.reconcile() == []
    assert books.asked() == {LIST: 1}


def test_without_a_ledger_a_content_that_was_delivered_anew_is_found_in_the_list(
    books: Books,
) -> None:
    books.deliver("a.pdf", "a")
    books.delete_invoice()
    books.deliver("b.pdf", "a")
    books.with_ledger = False

    assert books.reconcile() == []
    assert books.asked() == {LIST: 1}


def test_what_the_ledger_has_for_an_id_and_is_none_is_no_obstacle(books: Books) -> None:
    path = books.deliver("a.pdf")
    file = DoneFile(str(path), Look.of(path.lstat()))

    verdict = Prover(books.client, Held(())).prove(file, "..", SHA)

    assert verdict == Proven((books.kanbert.store.invoices()[0].id,))


@pytest.mark.parametrize("listed", [True, False])
def test_an_invoice_that_has_the_remembered_id_and_another_content_proves_nothing(
    books: Books, *, listed: bool
) -> None:
    """A Kanbert that was reset gives its ids anew."""
    path = books.deliver("a.pdf")
    (invoice,) = books.kanbert.store.invoices()
    another_s = {"external_id": f"ingestd-{SHA}", "md5": "00" * 16}
    books.kanbert.store.update(invoice.id, another_s)
    if not listed:
        books.kanbert.faults.add(Fault(operation=LIST, status=200, body='{"data": []}'))

    found = books.reconcile()

    without_invoice = [one.path for one in found if isinstance(one, MissingInvoice)]
    without_file = [one.invoice_id for one in found if isinstance(one, MissingFile)]
    assert without_invoice == [str(path)]
    assert without_file == ([invoice.id] if listed else [])


def test_invoices_with_their_senders_external_ids_are_proven_by_these_together(
    books: Books,
) -> None:
    for name in "abc":
        books.deliver(f"{name}.pdf", sidecars={f"{name}.json": f'{{"external_id": "erp-{name}"}}'})

    assert books.reconcile() == []
    assert books.asked() == {LIST: 2}


@pytest.mark.parametrize("external_id", ["erp-2", None])
def test_an_invoice_with_the_remembered_id_and_not_its_sender_s_external_id_proves_nothing(
    books: Books, external_id: str | None
) -> None:
    path = books.deliver("a.pdf", sidecars={"a.json": '{"external_id": "erp-1"}'})
    (invoice,) = books.kanbert.store.invoices()
    another_s = {"external_id": external_id, "md5": "00" * 16}
    books.kanbert.store.update(invoice.id, another_s)

    (found,) = books.reconcile()

    assert isinstance(found, MissingInvoice)
    assert found.path == str(path)


def test_an_invoice_whose_external_id_was_changed_is_proven_by_its_content(books: Books) -> None:
    books.deliver("a.pdf", sidecars={"a.json": '{"external_id": "erp-1"}'})
    (invoice,) = books.kanbert.store.invoices()
    books.kanbert.store.update(invoice.id, {"external_id": "erp-2"})

    assert books.reconcile() == []


def test_a_file_that_was_renamed_under_done_is_found_by_its_content(books: Books) -> None:
    books.deliver("a.pdf").rename(books.done / "paid.pdf")

    assert books.reconcile() == []


def test_a_duplicate_of_somebody_else_s_invoice_is_proven_by_the_ledger(books: Books) -> None:
    books.client.create(CreateInvoice(title="By hand"), file=pdf("a"))
    books.deliver("a.pdf", "a")

    assert books.reconcile() == []
    assert books.asked() == {LIST: 1, GET: 1}


def test_a_duplicate_of_somebody_else_s_invoice_is_proven_by_its_hash(books: Books) -> None:
    books.client.create(CreateInvoice(title="By hand"), file=pdf("a"))
    books.deliver("a.pdf", "a")
    books.with_ledger = False

    assert books.reconcile() == []
    assert books.asked() == {LIST: 3, CHECK: 1}


@pytest.mark.parametrize(
    ("remembered", "verdict"), [(pdf("original"), Proven), (pdf("another"), Absent)]
)
def test_what_a_copy_was_sent_of_is_proven_by_the_copy_s_hash(
    books: Books, remembered: bytes, verdict: type[Verdict]
) -> None:
    books.client.create(CreateInvoice(title="By hand"), file=pdf("copy"))
    path = books.done / "a.pdf"
    path.parent.mkdir()
    path.write_bytes(pdf("original"))
    sha256, sent_md5 = hashlib.sha256(remembered), hashlib.md5(pdf("copy"))

    found = Prover(books.client, Held(())).prove(
        DoneFile(str(path), Look.of(path.stat())), "", sha256.hexdigest(), sent_md5.hexdigest()
    )

    assert isinstance(found, verdict)


def test_a_file_whose_invoice_was_deleted_is_found_and_left_alone(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.deliver("b.pdf")
    books.delete_invoice()

    assert books.reconcile() == [MissingInvoice("scanner", str(path))]
    assert path.exists()


def test_it_is_put_back_under_its_own_name_where_that_is_asked_for(books: Books) -> None:
    books.deliver("a.pdf", "one")
    path = books.deliver("a.pdf", "two")
    assert path.name == "a (2).pdf"
    books.delete_invoice(1)

    back_at = str(books.bench.inbox / "a.pdf")
    assert books.reconcile(fix=True) == [MissingInvoice("scanner", str(path), back_at)]
    assert not path.exists()
    assert books.reconcile() == []


@pytest.mark.parametrize("with_ledger", [True, False])
def test_folders_of_the_inbox_are_kept_and_those_of_the_layout_are_not(
    books: Books, *, with_ledger: bool
) -> None:
    books.options = {"recursive": True, "filed_layout": "%Y/%m"}
    path = books.deliver("acme/a.pdf")
    target = books.done / "2026/05/acme/a.pdf"
    target.parent.mkdir(parents=True)
    path.rename(target)
    books.delete_invoice()
    books.with_ledger = with_ledger

    books.reconcile(fix=True)

    assert (books.bench.inbox / "acme/a.pdf").exists()


@pytest.mark.parametrize(
    ("folder", "said"), [("", "put back into {}"), ("done", "taken out of {}")]
)
def test_one_that_cannot_be_put_back_is_said_with_the_folder_and_left(
    books: Books, folder: str, said: str
) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    locked = books.bench.inbox / folder
    locked.chmod(0o555)

    (found,) = bound_by_rights(lambda: books.reconcile(fix=True))

    locked.chmod(0o755)
    assert isinstance(found, MissingInvoice)
    assert f"a.pdf cannot be {said.format(locked)}: it may not be" in found.error
    assert path.exists()


def test_one_that_the_inbox_takes_no_more_is_said_and_left(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    books.options = {"exclude": ["a*"]}

    (found,) = books.reconcile(fix=True)

    assert isinstance(found, MissingInvoice)
    assert "none of the files that the inbox takes" in found.error
    assert path.exists()


def test_an_invoice_whose_file_is_gone_is_found(books: Books) -> None:
    books.deliver("a.pdf").unlink()
    books.deliver("b.pdf")
    invoice = books.kanbert.store.invoices()[0]

    (found,) = books.reconcile()

    assert isinstance(found, MissingFile)
    assert (found.account, found.invoice_id) == ("main", invoice.id)


def test_other_people_s_invoices_are_no_business_of_ours(books: Books) -> None:
    theirs = f"ingestd-{'ab' * 32}"
    books.client.create(CreateInvoice(external_id=theirs, external_origin="branch"))
    books.client.create(CreateInvoice(external_id="erp-1", external_origin="ingestd"))

    assert books.reconcile() == []


@pytest.mark.parametrize(
    ("external_id", "origin", "ours"),
    [
        (f"ingestd-{'ab' * 32}", "ingestd", [True]),
        (f"ingestd-{'ab' * 32}-2", None, [True]),  # it may be ours
        (f"ingestd-{'ab' * 32}", "branch", [False]),
        ("ingestd-by-hand", "ingestd", []),
        (None, "ingestd", []),
    ],
)
def test_of_what_a_server_lists_that_does_not_filter_only_ours_counts(
    external_id: str | None, origin: str | None, ours: list[bool]
) -> None:
    held = Held({"ingestd"})
    invoice = Invoice(id="42", external_id=external_id, external_origin=origin)

    list(held.list(cast("Kanbert", Listing([invoice])), None))

    assert [listed.ours for listed in held.invoices.values()] == ours


@pytest.mark.parametrize(("origin", "ours"), [("ingestd upload", False), ("else", True)])
def test_where_every_origin_is_ours_that_of_uploads_is_not(origin: str, *, ours: bool) -> None:
    held = Held((), "ingestd upload")
    external_id = f"ingestd-{'ab' * 32}"
    invoice = Invoice(id="42", external_id=external_id, external_origin=origin)

    list(held.list(cast("Kanbert", Listing([invoice])), None))

    assert held.any_ours == ours


@dataclass
class Listing:
    """A client that lists these, whatever is asked for."""

    invoices: list[Invoice]

    def iterate(self, **_: Any) -> Iterator[Invoice]:
        return iter(self.invoices)


@pytest.mark.parametrize(
    ("of_account", "of_inbox", "missed"),
    [
        ("ingestd", "branch", {"ingestd", "branch"}),
        ("", "branch", {"branch"}),
        ("", "", {"ingestd", "branch", "erp"}),  # who knows what Kanbert writes there
    ],
)
def test_an_origin_of_the_inbox_s_own_is_ours_too(
    books: Books, of_account: str, of_inbox: str, missed: set[str]
) -> None:
    books.options = {"fields": {"external_origin": of_inbox} if of_inbox else {}}
    books.account = {"external_origin": of_account}
    for number, origin in enumerate(["ingestd", "branch", "erp"]):
        external_id = f"ingestd-{number:064}"
        made = CreateInvoice(title=origin, external_id=external_id, external_origin=origin)
        books.client.create(made)

    found = books.reconcile()

    assert {one.title for one in found if isinstance(one, MissingFile)} == missed


def test_any_origin_is_ours_where_it_comes_from_the_files_names(books: Books) -> None:
    books.options = {"filename_pattern": "^(?P<external_origin>[a-z]+)_"}
    made = CreateInvoice(external_id=f"ingestd-{1:064}", external_origin="branch")
    books.client.create(made)

    assert any(isinstance(one, MissingFile) for one in books.reconcile())


@pytest.mark.parametrize("state", [State.UPLOADING, State.UPLOADED])
def test_a_document_on_its_way_is_not_missed(books: Books, state: State) -> None:
    ledger, external_id = books.bench.ledger, f"ingestd-{SHA}"
    books.client.create(CreateInvoice(external_id=external_id, external_origin="ingestd"))
    invoice = books.kanbert.store.invoices()[0]
    before = bring(ledger, document(), State.UPLOADING, sha256=SHA, external_id=external_id)
    if state is State.UPLOADED:
        ledger.advance(before, state, invoice_id=invoice.id, external_id="")

    assert books.reconcile() == []


def test_what_is_put_away_while_it_looks_is_not_missed(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    books.deliver("b.pdf")
    books.deliver("c.pdf").rename(books.folder / "c.pdf")
    found = books.findings()

    assert next(found) == MissingInvoice("scanner", str(path))
    (books.folder / "c.pdf").rename(books.done / "c.pdf")
    path.rename(books.folder / "a.pdf")

    assert list(found) == []


@pytest.mark.parametrize("with_ledger", [True, False])
def test_a_kanbert_that_has_not_one_of_them_gets_nothing_again_unless_one_is_sure(
    books: Books, *, with_ledger: bool
) -> None:
    books.with_ledger = with_ledger
    paths = [books.deliver(f"{number}.pdf") for number in range(4)]
    for _ in paths:
        books.delete_invoice()
    found = books.findings(fix=True)

    told = [next(found) for _ in paths]
    with pytest.raises(NotOneThere, match=r"not one of the 4 documents that were delivered"):
        next(found)

    assert set(told) == {MissingInvoice("scanner", str(path)) for path in paths}
    assert all(path.exists() for path in paths)
    books.reconcile(fix=True, sure=True)
    assert not any(path.exists() for path in paths)


def test_one_invoice_of_ours_tells_that_it_is_the_right_kanbert(books: Books) -> None:
    paths = [books.deliver(f"{number}.pdf") for number in range(5)]
    for _ in paths[1:]:
        books.delete_invoice()

    found = books.reconcile(fix=True)

    assert sum(bool(cast("MissingInvoice", one).back_at) for one in found) == 4


def test_one_document_that_kanbert_knows_tells_that_it_is_the_right_one(books: Books) -> None:
    books.client.create(CreateInvoice(title="By hand"), file=pdf("0.pdf"))
    for number in range(5):
        books.deliver(f"{number}.pdf")
    for _ in range(4):
        books.delete_invoice(1)

    found = books.reconcile(fix=True)

    assert sum(bool(cast("MissingInvoice", one).back_at) for one in found) == 4


def test_where_it_cannot_go_on_nothing_was_put_back(books: Books) -> None:
    paths = [books.deliver(name) for name in ("a.pdf", "b.pdf")]
    for _ in paths:
        books.delete_invoice()
    books.kanbert.faults.add(Fault(operation=CHECK, kind=Kind.DELAY))
    books.kanbert.faults.add(Fault(operation=CHECK, status=401, times=None))
    found = books.findings(fix=True)

    told = next(found)
    with pytest.raises(AccountTrouble):
        next(found)

    assert told in [MissingInvoice("scanner", str(path)) for path in paths]
    assert all(path.exists() for path in paths)


def test_files_that_are_no_documents_are_passed_over(books: Books) -> None:
    path = books.deliver("a.pdf")
    names = [
        ".hidden.pdf",
        "b.pdf.part",
        "c.pdf.reason.txt",
        "a.toml",
        "a.pdf.json",
        "alone.toml",
        "@eaDir/t.pdf",
    ]
    for name in names:
        (books.done / name).parent.mkdir(exist_ok=True)
        (books.done / name).write_text(name)
    (books.done / "link.pdf").symlink_to(path)
    (books.done / "linked").symlink_to(books.folder)
    os.mkfifo(books.done / "pipe.pdf")

    assert books.reconcile() == []
    assert books.last is not None
    assert books.last.counts.files == 1


def test_a_folder_for_duplicates_of_its_own_is_looked_through(books: Books) -> None:
    books.options = {"duplicates": "duplicates"}
    (books.bench.inbox / "duplicates").mkdir()
    path = books.bench.inbox / "duplicates/a.pdf"
    path.write_bytes(pdf("a"))

    assert books.reconcile() == [MissingInvoice("scanner", str(path))]


def test_a_folder_for_duplicates_below_done_is_looked_through_once(books: Books) -> None:
    books.options = {"duplicates": "done/duplicates"}
    (books.done / "duplicates").mkdir(parents=True)
    books.deliver("a.pdf").rename(books.done / "duplicates/a.pdf")

    assert books.reconcile() == []
    assert books.last is not None
    assert books.last.counts.files == 1


def test_in_a_folder_of_two_inboxes_the_ledger_tells_whose_a_file_is(
    books: Books, tmp_path: Path
) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    make_ready(mail, now())
    path = books.deliver("a.pdf")
    make_ready(books.done, now())
    books.inboxes = {"mail": {"path": mail, "account": "main", "done": str(books.done)}}
    books.delete_invoice()

    assert books.reconcile(fix=True, inbox="mail") == []
    (found,) = books.reconcile(fix=True)
    assert found == MissingInvoice("scanner", str(path), str(books.bench.inbox / "a.pdf"))


def test_another_file_in_the_place_of_one_that_was_put_away_is_not_taken_for_it(
    books: Books,
) -> None:
    path = books.deliver("a.pdf")
    path.write_bytes(pdf("quite another one"))
    os.utime(path, (1, 1))

    found = books.reconcile()

    assert MissingInvoice("scanner", str(path)) in found


def test_failed_documents_below_done_are_not_done(books: Books) -> None:
    books.options = {"failed": "done/failed"}
    (books.done / "failed").mkdir(parents=True)
    (books.done / "failed/a.pdf").write_bytes(b"")

    assert books.reconcile() == []


@pytest.mark.parametrize("status", [500, 422])
@pytest.mark.parametrize("operation", [GET, LIST, CHECK])
def test_a_question_that_is_answered_with_an_error_proves_nothing_and_fixes_nothing(
    books: Books, operation: str, status: int
) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    found = books.findings(fix=True)
    if operation == LIST:  # the first page is let through
        books.with_ledger = False
        books.kanbert.faults.add(Fault(operation=LIST, status=200, body='{"data": []}'))
    books.kanbert.faults.add(Fault(operation=operation, status=status, times=None))

    (one,) = found

    assert isinstance(one, NotProven)
    assert path.exists()


def test_an_answer_about_another_invoice_proves_nothing(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    books.kanbert.faults.add(Fault(operation=GET, status=200, body='{"id": "another"}'))

    (one,) = books.reconcile(fix=True)

    assert isinstance(one, NotProven)
    assert path.exists()


def test_another_document_with_the_same_md5_proves_nothing(books: Books) -> None:
    books.deliver("a.pdf")
    other = books.kanbert.store.invoices()[0]
    path = books.done / "b.pdf"
    path.write_bytes(pdf("b"))
    known = f'{{"exists": true, "duplicates": [{{"id": "{other.id}"}}]}}'
    books.kanbert.faults.add(Fault(operation=CHECK, status=200, body=known))

    assert books.reconcile() == [
        NotProven("scanner", str(path), "Kanbert has another document with the same MD5.")
    ]


@pytest.mark.parametrize(
    ("status", "error"), [(503, Unavailable), (401, AccountTrouble), (500, OutcomeUnknown)]
)
def test_without_the_list_of_invoices_it_does_not_begin(
    books: Books, status: int, error: type[Exception]
) -> None:
    books.deliver("a.pdf")
    books.kanbert.faults.add(Fault(operation=LIST, status=status, times=None))

    with pytest.raises(error):
        books.reconcile(fix=True)

    assert (books.done / "a.pdf").exists()


def test_a_server_that_only_answers_nonsense_is_not_asked_about_every_file(books: Books) -> None:
    for number in range(8):
        books.deliver(f"{number}.pdf")
        books.delete_invoice()
    books.kanbert.faults.add(Fault(operation=GET, status=500, times=None))

    found = books.findings()
    with pytest.raises(OutcomeUnknown):
        list(found)

    assert books.asked()[GET] == 5


def test_a_server_that_answers_nonsense_now_and_then_is_asked_on(books: Books) -> None:
    for number in range(9):
        books.deliver(f"{number}.pdf")
        books.delete_invoice()
    bad = Fault(operation=GET, status=500, times=4)
    books.kanbert.faults.add(bad, Fault(operation=GET, kind=Kind.DELAY), bad)

    found = books.reconcile()

    assert Counter(type(one) for one in found) == {NotProven: 8, MissingInvoice: 1}


def test_interrupted_and_gone_on_with_it_asks_nothing_twice(books: Books) -> None:
    for number in range(6):
        books.client.create(CreateInvoice(title="By hand"), file=pdf(f"{number}"))
        books.deliver(f"{number}.pdf", f"{number}")
    proofs = books.proofs()

    def interrupt(counts: Counts) -> None:
        if counts.files == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        books.reconcile(proofs, on_step=interrupt)
    proofs.save()
    again = books.proofs()

    assert again.earlier == books.asked()[GET] == 4
    assert books.reconcile(again) == []
    assert books.asked()[GET] == 2


def test_what_was_proven_of_a_file_is_not_believed_of_what_lies_there_now(books: Books) -> None:
    books.client.create(CreateInvoice(title="By hand"), file=pdf("a"))
    path = books.deliver("a.pdf", "a")
    proofs = books.proofs()
    assert books.reconcile(proofs) == []
    path.write_bytes(pdf("b"))

    assert books.reconcile(proofs) == [MissingInvoice("scanner", str(path))]


def test_only_what_was_put_there_since_is_looked_at(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    os.utime(path, (1, 1))  # an old scan; it was moved there just now

    assert books.reconcile(since=now() + timedelta(hours=1)) == []
    assert len(books.reconcile(since=now() - timedelta(hours=1))) == 1


def test_since_asks_for_no_older_invoices_and_misses_no_file_of_them(books: Books) -> None:
    books.deliver("a.pdf").unlink()

    assert books.reconcile(since=now() + timedelta(hours=1)) == []
    assert len(books.reconcile(since=now() - timedelta(hours=1))) == 1


def test_a_folder_that_cannot_be_read_is_said_and_no_invoice_is_missed_for_it(
    books: Books,
) -> None:
    books.deliver("a.pdf")
    books.with_ledger = False
    books.done.chmod(0)

    (found,) = bound_by_rights(books.reconcile)

    books.done.chmod(0o755)
    assert found == NotProven("scanner", str(books.done), "It cannot be read: Permission denied.")


def test_a_file_that_cannot_be_read_is_said_and_no_invoice_is_missed_for_it(
    books: Books,
) -> None:
    path = books.deliver("a.pdf")
    books.with_ledger = False
    path.chmod(0)

    (found,) = bound_by_rights(books.reconcile)

    assert found == NotProven("scanner", str(path), "It cannot be read: Permission denied")


def test_a_share_that_is_not_mounted_is_said_and_no_invoice_is_missed_for_it(
    books: Books,
) -> None:
    books.deliver("a.pdf")
    (books.bench.inbox / ".ingestd/inbox.json").unlink()

    (found,) = books.reconcile()

    assert isinstance(found, NotProven)
    assert "has no marker" in found.error


def test_a_done_folder_elsewhere_that_went_away_is_said(books: Books) -> None:
    ledger, elsewhere = books.bench.ledger, books.folder / "elsewhere"
    books.options = {"done": str(elsewhere)}
    never_used = books.reconcile()
    facts = {"outcome": Outcome.DELIVERED, "destination": str(elsewhere / "a.pdf")}
    ledger.advance(bring(ledger, document(), State.UPLOADED, **facts), State.FILED)

    (found,) = books.reconcile()

    assert never_used == []
    assert isinstance(found, NotProven)
    assert "is not there, but documents were put away in it" in found.error


def test_a_done_folder_elsewhere_without_its_marker_is_said(books: Books) -> None:
    elsewhere = books.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.pdf").write_bytes(b"")
    books.options = {"done": str(elsewhere)}

    (found,) = books.reconcile()

    assert isinstance(found, NotProven)
    assert "has no marker" in found.error


def test_a_share_that_goes_away_meanwhile_is_said_and_no_invoice_is_missed_for_it(
    books: Books,
) -> None:
    books.with_ledger = False
    books.deliver("a.pdf")
    books.deliver("b.pdf")
    root = books.bench.inbox

    def unmount(counts: Counts) -> None:
        if counts.files == 1 and root.exists():
            root.rename(root.with_name("share"))

    (found,) = books.reconcile(on_step=unmount)

    assert isinstance(found, NotProven)
    assert found.path == str(books.done)


def test_a_file_that_vanishes_while_kanbert_is_asked_is_passed_over(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    books.on_ask = lambda call: path.unlink(missing_ok=True) if call == "get" else None

    assert books.reconcile() == []
    assert books.last is not None
    assert books.last.counts.files == 0


def test_a_file_that_changes_while_kanbert_is_asked_is_not_put_back(books: Books) -> None:
    path = books.deliver("a.pdf")
    books.delete_invoice()
    books.on_ask = lambda call: _append(path) if call == "check_duplicate" else None

    assert books.reconcile(fix=True) == []
    assert path.exists()


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"!")


def test_only_one_inbox_is_looked_at_where_one_is_named(books: Books, tmp_path: Path) -> None:
    other = tmp_path / "mail"
    other.mkdir()
    make_ready(other, now())
    (other / "done").mkdir()
    stray = other / "done/stray.pdf"
    stray.write_bytes(pdf("stray"))
    books.inboxes = {"mail": {"path": other, "account": "main"}}
    books.deliver("a.pdf").unlink()

    assert books.reconcile(inbox="mail") == [MissingInvoice("mail", str(stray))]
    (found,) = books.reconcile(inbox="scanner")
    assert isinstance(found, MissingFile)


def test_a_file_of_another_account_is_that_one_s_to_prove(books: Books, tmp_path: Path) -> None:
    mail = {"path": tmp_path / "mail", "account": "other", "done": str(books.done)}
    books.inboxes = {"mail": mail}
    books.deliver("a.pdf")
    books.delete_invoice()
    make_ready(books.done, now())
    (tmp_path / "mail").mkdir()
    make_ready(tmp_path / "mail", now())

    assert books.reconcile(account="other") == []


def test_of_two_files_that_were_put_away_under_one_name_the_last_one_counts(
    tmp_path: Path,
) -> None:
    ledger = new_ledger(tmp_path)
    for number, id_ in enumerate(["1", "3", "2"]):
        facts = {"outcome": Outcome.DELIVERED, "destination": "/done/a.pdf", "size": number}
        ledger.advance(bring(ledger, document(id=id_), State.UPLOADED, **facts), State.FILED)

    assert filed_in(ledger)["/done/a.pdf"].size == 2
    ledger.close()


@pytest.mark.parametrize(
    ("account", "outcome", "size", "missed"),
    [
        ("main", Outcome.DELIVERED, 1, False),
        ("main", Outcome.DUPLICATE, 1, False),
        ("main", Outcome.FAILED, 1, True),  # then it lies in the failed folder
        ("main", Outcome.DELIVERED, 2, True),  # another file has its name now
        ("other", Outcome.DELIVERED, 1, True),  # the same content, at another Kanbert
    ],
)
def test_what_the_ledger_says_was_put_away_is_not_missed_if_it_is_there(
    tmp_path: Path, account: str, outcome: Outcome, size: int, *, missed: bool
) -> None:
    path, external_id = tmp_path / "a.pdf", f"ingestd-{'ab' * 32}"
    path.write_bytes(b"a")
    ledger = new_ledger(tmp_path)
    facts = {"external_id": external_id, "outcome": outcome, "destination": str(path)}
    filed = document(account=account)
    ledger.advance(bring(ledger, filed, State.FAILED, size=size, **facts), State.FILED)
    invoices = {"42": Listed(external_id, "", None, ours=True)}

    left = without_file(invoices, ledger, inbox=None, concerns=lambda name: name == "main")

    assert bool(left) == missed
    ledger.close()
