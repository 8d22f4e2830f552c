"""What a site looks like when it is all over, against what was promised."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from ingestd.identity import content_of
from ingestd.model import ENDS
from tests.acceptance.running import Site, files_below
from tests.crash.double import Double
from tests.crash.scenarios import NOTES, TAKEN, Scenario


def what_broke(site: Site, double: Double, scenario: Scenario, content: bytes) -> Iterator[str]:
    """Yield a line for each broken promise; nothing is left to be done."""
    files = site.files()
    if scenario.elsewhere:
        there = scenario.elsewhere / site.folder.name
        files |= {f"done/{name}": content for name, content in files_below(there).items()}
    end = scenario.end
    if scenario.or_else and files.get(end) == b"":
        del files[end]
        end = scenario.or_else
    if files.pop(end, None) != content:
        yield f"the document is not at {end}, but there are {sorted(files)}"
    if scenario.sidecar:
        yield from _sidecar_elsewhere(files, scenario)
    if set(files) != scenario.beside:
        yield f"beside it are {sorted(files)}"
    if files.get("done/invoice.pdf", TAKEN) != TAKEN:
        yield "another's file was overwritten"
    if site.work():
        yield f"left in work: {site.work()}"
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(content).hexdigest()
    invoices = [
        one
        for one in double.kanbert.store.invoices()
        if one.md5 == md5 or content_of(one.external_id) == sha256
    ]
    if len(invoices) != scenario.invoices:
        yield f"{len(invoices)} invoices"
    if scenario.sidecar and any(one.notes != NOTES for one in invoices):
        yield "its sidecar's fields were not sent"
    yield from open_documents(site)


def _sidecar_elsewhere(files: dict[str, bytes], scenario: Scenario) -> Iterator[str]:
    """Take the sidecar out of the files; a line if it is not the one that is expected."""
    first, *others = scenario.sidecar_ends
    if others and files.get(first) == b"":  # as with the document's own name
        del files[first]
    found = [end for end in scenario.sidecar_ends if files.get(end) == scenario.sidecar]
    for end in found:
        del files[end]
    if len(found) != 1:
        yield f"the sidecar is at {found}, and there are {sorted(files)}"


def open_documents(site: Site) -> Iterator[str]:
    """Yield a line for each document that the ledger believes to be under way."""
    ledger = sqlite3.connect(site.folder / site.state / "ledger.sqlite3")
    try:
        for document, state in ledger.execute("SELECT id, state FROM documents"):
            if state not in ENDS:
                yield f"the ledger has {document} as {state}"
    finally:
        ledger.close()
