"""Ways that a document may take, each with what must have become of it in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingestd.cli.samples import pdf
from ingestd.kanbert import CreateInvoice
from ingestd.sandbox import Fault, Kind
from tests.acceptance.running import Site
from tests.crash.double import Double, Lived, Refusal
from tests.crash.watching import CHANGES, Point, numbered
from tests.refusing import WITHOUT_LINKS, WITHOUT_RENAMEAT2
from tests.shrink.pdfs import noise, scanned
from tests.workbench import CHECK, CREATE, LocalKanbert, new_client

TAKEN = b"taken by another"
WORKER = "scanner 0"
"""The thread that carries documents."""


def invoice(key: str) -> bytes:
    """A document unlike those of other runs."""
    return pdf(f"Invoice {key}")


def _no_invoice(key: str) -> bytes:
    return f"A letter, {key}".encode()


def _too_large(key: str) -> bytes:
    return scanned(noise(300, 300, seed=key))


def _nothing(_: Double, __: Site, ___: bytes) -> None: ...


def enter(kanbert: LocalKanbert, content: bytes) -> None:
    """Create an invoice as somebody else does, without an external_id."""
    with new_client(kanbert) as client:
        client.create(CreateInvoice(), file=content, filename="from elsewhere.pdf")


def _known_to_kanbert(double: Double, _: Site, content: bytes) -> None:
    enter(double.kanbert, content)


def _taken_in_done(_: Double, site: Site, __: bytes) -> None:
    (site.inbox() / "done").mkdir()
    (site.inbox() / "done" / "invoice.pdf").write_bytes(TAKEN)


@dataclass(frozen=True)
class Scenario:
    """One way."""

    name: str
    end: str = "done/invoice.pdf"
    """Where the document is in the end; relative to the inbox."""
    content: Callable[[str], bytes] = invoice
    prepare: Callable[[Double, Site, bytes], None] = _nothing
    fault: Fault | None = None
    """How Kanbert behaves until the process ends."""
    invoices: int = 1
    """With this content, in the end."""
    beside: frozenset[str] = frozenset()
    """Other files in the end."""
    never: Iterable[Refusal] = ()
    options: dict[str, str] = field(default_factory=dict)
    or_else: str = ""
    """Where it is if a process took that name with an empty file, and was killed before it could
    write into it what it is: nobody can tell that from another's then."""
    elsewhere: Path | None = None
    """A folder on another filesystem, to be filed below."""
    every: bool = False
    """Visit also the points between which nothing changes."""
    sidecar: bytes = b""
    """What is in one beside the document; empty: there is none."""
    sidecar_ends: tuple[str, ...] = ("done/invoice.toml",)
    """Where that may be in the end."""

    def points(self, lived: Lived) -> Iterator[Point]:
        """Yield the points to visit of a life that took this way."""
        for thread, operations in lived.operations.items():
            for operation, number in numbered(operations):
                if self.every and thread == WORKER:
                    yield Point(thread, operation, number, "before")
                if (self.every and thread == WORKER) or operation in CHANGES:
                    yield Point(thread, operation, number, "after")

    def begin(self, double: Double, folder: Path, key: str) -> Site:
        """Make an inbox with the document in it; Kanbert misbehaves from now on."""
        options = dict(self.options)
        if self.elsewhere:
            options["done"] = f'"{self.elsewhere / folder.name}"'
        site, content = double.site(folder, **options), self.content(key)
        self.prepare(double, site, content)
        if self.sidecar:
            (site.inbox() / "invoice.toml").write_bytes(self.sidecar)
        (site.inbox() / "invoice.pdf").write_bytes(content)
        if self.fault:
            double.kanbert.faults.add(self.fault)
        return site


DELIVERED = Scenario("delivered", every=True)

ITS_NAME_IS_TAKEN = Scenario(
    "its name is taken",
    end="done/invoice (2).pdf",
    prepare=_taken_in_done,
    beside=frozenset({"done/invoice.pdf"}),
)

NOTES = "said beside it"
SAID = f'notes = "{NOTES}"\n'.encode()
WITH_A_SIDECAR = Scenario("with a sidecar", sidecar=SAID)

SCENARIOS = [
    DELIVERED,
    Scenario("known to Kanbert", prepare=_known_to_kanbert),
    Scenario(
        "no PDF",
        end="failed/invoice.pdf",
        content=_no_invoice,
        invoices=0,
        beside=frozenset({"failed/invoice.pdf.reason.txt"}),
        options={"give_up_on_incomplete": '"20ms"'},
    ),
    ITS_NAME_IS_TAKEN,
    Scenario(
        "its create's answer is lost", fault=Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE)
    ),
    Scenario("its create fails", fault=Fault(status=500, operation=CREATE)),
    Scenario("the account is refused", fault=Fault(status=401, operation=CHECK)),
    Scenario("a kernel without renameat2", never=[WITHOUT_RENAMEAT2]),
    Scenario(
        "a share without hard links",
        or_else="done/invoice (2).pdf",
        never=[WITHOUT_RENAMEAT2, WITHOUT_LINKS],
    ),
    Scenario(
        "its name is taken on a share without hard links",
        end="done/invoice (2).pdf",
        or_else="done/invoice (3).pdf",
        prepare=_taken_in_done,
        beside=frozenset({"done/invoice.pdf"}),
        never=[WITHOUT_RENAMEAT2, WITHOUT_LINKS],
    ),
    Scenario(
        "a smaller copy of it is sent",
        content=_too_large,
        options={"oversize": '"shrink"', "max_size": '"30KB"'},
    ),
    WITH_A_SIDECAR,
    replace(
        WITH_A_SIDECAR,
        name="with a sidecar, failed",
        end="failed/invoice.pdf",
        invoices=0,
        beside=frozenset({"failed/invoice.pdf.reason.txt"}),
        sidecar=b"notse = 1",
        sidecar_ends=("failed/invoice.toml",),
    ),
    replace(
        WITH_A_SIDECAR,
        name="with a sidecar, its name is taken",
        end="done/invoice (2).pdf",
        prepare=_taken_in_done,
        beside=frozenset({"done/invoice.pdf"}),
        sidecar_ends=("done/invoice (2).toml",),
    ),
    replace(
        WITH_A_SIDECAR,
        name="with a sidecar, its create's answer is lost",
        fault=Fault(kind=Kind.COMMIT_THEN_DROP, operation=CREATE),
    ),
    replace(
        WITH_A_SIDECAR,
        name="with a sidecar, the account is refused",
        fault=Fault(status=401, operation=CHECK),
    ),
    replace(
        WITH_A_SIDECAR,
        name="with a sidecar, a kernel without renameat2",
        fault=Fault(status=401, operation=CHECK),
        never=[WITHOUT_RENAMEAT2],
    ),
    replace(
        WITH_A_SIDECAR,
        name="with a sidecar on a share without hard links",
        or_else="done/invoice (2).pdf",
        sidecar_ends=("done/invoice.toml", "done/invoice (2).toml"),
        never=[WITHOUT_RENAMEAT2, WITHOUT_LINKS],
    ),
]
