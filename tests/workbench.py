"""An inbox with everything to carry its documents by hand, one step at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestd.cli.samples import pdf
from ingestd.describe import Rules
from ingestd.filing import Cabinet
from ingestd.intake import Look, Workplace
from ingestd.kanbert import BearerToken, Kanbert, RetryPolicy
from ingestd.ledger import Ledger, open_ledger
from ingestd.model import Document
from ingestd.observe import open_log
from ingestd.pipeline import Delivery
from ingestd.sandbox import Faults, Journal, Store
from ingestd.stages import Stages

CREATE = "createIncomingInvoice"
CHECK = "checkIncomingInvoiceDuplicate"
LIST = "listIncomingInvoices"

TOKEN = "a-token-for-tests"


@dataclass(frozen=True)
class LocalKanbert:
    """The sandbox on a real socket, with what tests look at."""

    base_url: str
    store: Store
    faults: Faults
    journal: Journal
    token: str = TOKEN


INVOICE = pdf("Invoice R-1")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Bench:
    """An inbox with everything to carry its documents by hand, one step at a time."""

    inbox: Path
    kanbert: LocalKanbert
    ledger: Ledger
    stages: Stages
    log: io.StringIO
    claimed: int = 0
    doubtful: set[str] = field(default_factory=set)

    def claim(
        self,
        content: bytes = INVOICE,
        name: str = "invoice.pdf",
        sidecars: Mapping[str, str] | None = None,
    ) -> Document:
        """Drop a file, and sidecars by their names, and claim them."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        looks = {}
        for beside, said in (sidecars or {}).items():
            (self.inbox / beside).write_text(said)
            looks[beside] = Look.of((self.inbox / beside).stat())
        self.claimed += 1
        document = Document.claimed(f"id-{self.claimed}", "scanner", "main", name, now())
        self.stages.workplace.claim(name, Look.of(path.stat()), document.id, looks)
        self.ledger.add(document)
        return document

    def carry(self, document: Document) -> Document:
        return Delivery(document, self.stages).go_on()

    def carry_until(self, error: type[Exception], document: Document) -> Document:
        """Carry a document to where this is raised; what the ledger knows of it then."""
        with pytest.raises(error):
            self.carry(document)
        remembered = self.ledger.document(document.id)
        assert remembered is not None
        return remembered

    def states(self, document: Document) -> list[str]:
        return [str(state) for _, state, _ in self.ledger.steps(document.id)]

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.getvalue().splitlines()]


def make_bench(
    inbox: Path, state_dir: Path, kanbert: LocalKanbert, client: Kanbert, ledger_url: str = ""
) -> Bench:
    log, doubtful = io.StringIO(), set[str]()
    ledger = new_ledger(state_dir, ledger_url)
    workplace = Workplace(inbox)
    workplace.folder.mkdir(parents=True, exist_ok=True)  # as is done when an inbox is opened
    stages = Stages(
        workplace=workplace,
        kanbert=client,
        ledger=ledger,
        cabinet=Cabinet(inbox / "done", inbox / "failed", inbox / "done"),
        log=open_log(log, level="debug"),
        rules=Rules({"tags": ["scanner"]}),
        external_origin="ingestd",
        max_size=15_000_000,
        may_still_arrive=lambda document: document.id in doubtful,
        now=now,
    )
    return Bench(inbox, kanbert, ledger, stages, log, doubtful=doubtful)


def new_client(kanbert: LocalKanbert) -> Kanbert:
    return Kanbert(
        kanbert.base_url,
        BearerToken(kanbert.token),
        timeout=20.0,  # no test waits for it, also where others keep the machine busy
        retry=RetryPolicy(attempts=1),
    )


def new_ledger(folder: Path, url: str = "") -> Ledger:
    folder.mkdir(exist_ok=True)
    return open_ledger(folder, url, now=now, set_aside=_never)


def _never(path: Path, why: str) -> None:
    raise AssertionError(f"{path} was set aside: {why}")
