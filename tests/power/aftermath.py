"""What is on the disks after a cut, and when all is done, against what was promised."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path

from ingestd.identity import content_of
from ingestd.sandbox import Store
from tests.acceptance.running import Site
from tests.crash.aftermath import open_documents
from tests.power.dropped import Dropped

_REASON = ".reason.txt"


def documents_in(inbox: Path) -> dict[bytes, list[Path]]:
    """Where the files of each content are: in the inbox, in work, or put away.

    Of the names that one file has only the last is told: btrfs leaves a file that was moved its old
    name as well, if power goes before all is written through.
    """
    files = {path.stat().st_ino: path for path in sorted(inbox.rglob("*.pdf"))}
    found: dict[bytes, list[Path]] = {}
    for path in files.values():
        if not path.name.startswith("."):
            found.setdefault(path.read_bytes(), []).append(path)
    return found


def lost(found: dict[bytes, list[Path]], dropped: Dropped, kanbert: Store) -> Iterator[str]:
    """Yield a line for each document that is not there any more, or cut short where it lies."""
    for content, files in dropped.lasting.items():
        if len(found.get(content, [])) < files:
            yield f"{_short(content)} is there {len(found.get(content, []))} times, not {files}"
    hashes = {sha256(content).hexdigest() for content in found}
    for invoice in kanbert.invoices():
        if content_of(invoice.external_id) not in hashes:
            yield f"invoice {invoice.id} has no file any more"
    for content in found.keys() - dropped.invoices - dropped.others:
        for path in found[content]:
            if path.parent.name in {"done", "failed"}:
                yield f"{path} was cut short to {len(content)} bytes"


def amiss(site: Site, dropped: Dropped, kanbert: Store) -> Iterator[str]:
    """Yield a line for each broken promise; nothing is left to be done."""
    files = site.files()
    documents = {path: data for path, data in files.items() if path.endswith(".pdf")}
    for content, number in Counter(documents.values()).items():
        if number > dropped.lasting[content] + dropped.fleeting[content]:
            yield f"{_short(content)} is there {number} times"
    known = Counter(content_of(invoice.external_id) for invoice in kanbert.invoices())
    for content in set(documents.values()):
        invoices = known[sha256(content).hexdigest()]
        if invoices != (content in dropped.invoices):
            yield f"{_short(content)} became {invoices} invoices"
    yield from _out_of_place(files, documents, dropped)
    yield from (f"left in work: {path}" for path in site.work())
    yield from open_documents(site)
    yield from _said_by_sqlite(site.folder / site.state)


def _out_of_place(
    files: dict[str, bytes], documents: dict[str, bytes], dropped: Dropped
) -> Iterator[str]:
    beside: set[str] = set()
    for path, content in documents.items():
        folder, is_invoice = path.rpartition("/")[0], content in dropped.invoices
        if folder != ("done" if is_invoice else "failed"):
            yield f"{path} is not where it belongs"
        if not is_invoice and f"document: {Path(path).name}" not in _text(files, path + _REASON):
            yield f"{path} has no reason of its own"
        if files.get(_sidecar(path)) != dropped.sidecars.get(content, files.get(_sidecar(path))):
            yield f"{path} has not its sidecar, but {files.get(_sidecar(path))!r}"
        beside |= {path, _sidecar(path), *([] if is_invoice else [path + _REASON])}
    there = set(documents.values())
    waiting = {data for document, data in dropped.sidecars.items() if document not in there}
    for path in sorted(files.keys() - beside):
        is_draft = path.startswith(".scan")  # of whoever dropped it, as is a sidecar that waits
        if not is_draft and files[path] not in waiting:
            yield f"{path} is nobody's"


def told(events: Collection[dict[str, object]]) -> Iterator[str]:
    """Yield what the log says that nobody should have to read after a power cut."""
    for line in events:
        if line["level"] == "error" or line.get("error") == "document_missing":
            yield f"said: {line}"


def _sidecar(path: str) -> str:
    return path.removesuffix(".pdf") + ".toml"


def _text(files: dict[str, bytes], path: str) -> str:
    return files.get(path, b"").decode()


def _said_by_sqlite(state: Path) -> Iterator[str]:
    ledger = sqlite3.connect(state / "ledger.sqlite3")
    ((said,),) = ledger.execute("PRAGMA integrity_check(1)").fetchall()
    ledger.close()
    if said != "ok" or any("set-aside" in path.name for path in state.iterdir()):
        yield f"the ledger is damaged: {said}"


def _short(content: bytes) -> str:
    return f"a document of {len(content)} bytes ({sha256(content).hexdigest()[:8]})"
