"""How many requests Kanbert is asked for one document, by what becomes of it.

Run it with `python -m bench.asking`; with `--json` it prints one JSON object. The sandbox answers,
and counts. What every run asks once, to see if the account can be used, is left out. How often is
asked after a reset depends on how long the create may still be carried out: twice the timeout,
which is 2 s here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.documents import pdf
from ingestd.sandbox import ALL_SCOPES, Fault, Faults, Journal, Kind, Server, Store, create_app

TOKEN = "a-token-for-the-bench"  # noqa: S105 - the sandbox is told to take it
CREATE = "createIncomingInvoice"
OPERATIONS = {
    "check": "checkIncomingInvoiceDuplicate",
    "create": CREATE,
    "get": "getIncomingInvoice",
    "list": "listIncomingInvoices",
}
GREETING = "nothing in the inbox"
KNOWN = "delivered before"
SIZE = 20_000
SETTINGS = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "{url}"
token = "{token}"
timeout = "2s"
[inboxes.scanner]
path = "{folder}/inbox"
settle = "0s"
"""
FAULTS: Mapping[str, Fault | None] = {
    GREETING: None,
    "new": None,
    KNOWN: None,
    "new, its sender's external_id": None,
    "refused": Fault(operation=CREATE, status=422),
    "new, after one 503": Fault(operation=CREATE, status=503),
    "new, after a reset": Fault(operation=CREATE, kind=Kind.RESET_AFTER_BODY),
    "new, answer lost": Fault(operation=CREATE, kind=Kind.COMMIT_THEN_DROP),
}
"""What goes wrong once, by what becomes of the document."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A sandbox, and a folder with an inbox that delivers to it."""

    folder: Path
    url: str
    journal: Journal
    faults: Faults

    def asked(self, name: str, content: bytes) -> Mapping[str, int]:
        """Requests by operation for one document, and for the start of the run."""
        document = self.folder / "inbox" / "document.pdf"
        if name != GREETING:
            document.write_bytes(content)
        if "sender" in name:
            document.with_suffix(".toml").write_text('external_id = "4711"\n')
        fault = FAULTS[name]
        if fault:
            self.faults.add(fault)
        self.journal.clear()
        self._once()
        return self.journal.counts()

    def _once(self) -> None:
        settings = self.folder / "ingestd.toml"
        given = {"folder": self.folder, "url": self.url, "token": TOKEN}
        settings.write_text(SETTINGS.format(**given))
        command = [sys.executable, "-m", "ingestd", "--config", str(settings), "once"]
        subprocess.run(command, capture_output=True, check=False)  # 1 where it is refused


@contextmanager
def opened() -> Iterator[Bench]:
    """Start a sandbox in this process."""
    faults, journal = Faults(), Journal()
    with tempfile.TemporaryDirectory() as name, Store(":memory:") as store:
        (Path(name) / "inbox").mkdir()
        app = create_app(store, tokens={TOKEN: ALL_SCOPES}, faults=faults, journal=journal)
        with Server(app) as server:
            yield Bench(Path(name), server.base_url, journal, faults)


def measured() -> dict[str, Mapping[str, int]]:
    """Requests by operation, by what becomes of the document."""
    found: dict[str, Mapping[str, int]] = {}
    content = b""
    with opened() as bench:
        for number, name in enumerate(FAULTS):
            if name != KNOWN:
                content = pdf(SIZE, bytes([number]) * SIZE)
            found[name] = bench.asked(name, content)
    greeting = Counter(found.pop(GREETING))
    return {name: Counter(asked) - greeting for name, asked in found.items()}


def main() -> None:
    """Count, and print a table or JSON."""
    found = measured()
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))
        return
    print(f"{'a document that is':<32}" + "".join(f"{name:>8}" for name in (*OPERATIONS, "all")))
    for name, asked in found.items():
        each = [asked.get(operation, 0) for operation in OPERATIONS.values()]
        print(f"{name:<32}" + "".join(f"{number:>8}" for number in (*each, sum(asked.values()))))


if __name__ == "__main__":
    main()
