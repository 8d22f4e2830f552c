"""What reading an e-invoice costs in CPU, in a process of its own, against reading it right here.

Run it with `python -m bench.einvoices [PDF …]`; without a PDF one is made. With `--json` it prints
one JSON object.
"""

from __future__ import annotations

import hashlib
import io
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]
from pypdf import PdfReader

from bench.factur_x import made
from ingestd.describe.embedded import Reader

ROUNDS = 5
DOCUMENTS = 100
HASHED = "its MD5 and SHA-256"
BARE = "pypdf and lxml, right here"
OURS = "parent and child together"
START = "a child's start and end"


def hashed(pdf: bytes) -> None:
    """Do what is done with every document anyway."""
    hashlib.md5(pdf, usedforsecurity=False).digest()
    hashlib.sha256(pdf).digest()


def read_here(pdf: bytes) -> None:
    """Do the least that the child has to do, without any care: parse both."""
    for attached in PdfReader(io.BytesIO(pdf)).attachment_list:
        etree.fromstring(attached.content)


def seconds_of(work: Callable[[bytes], object], pdfs: Sequence[bytes]) -> float:
    """CPU for each document, of this process."""
    began = time.process_time()
    for number in range(DOCUMENTS):
        work(pdfs[number % len(pdfs)])
    return (time.process_time() - began) / DOCUMENTS


def lifetime(pdfs: Sequence[bytes], documents: int) -> float:
    """CPU of parent and child together, from the child's start to its end."""
    began = _used()
    reader = Reader.reading_with("ingestd.describe.einvoice")
    for number in range(documents):
        reading = reader.read(pdfs[number % len(pdfs)], timeout=60)
        assert reading.kind, reading.why
    reader.close()
    return _used() - began


def _used() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def measured(pdfs: Sequence[bytes], rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds of CPU: medians of rounds in which they take turns."""
    read_here(pdfs[0])  # loads what is loaded once
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        start = lifetime(pdfs, 1)
        took = {
            HASHED: seconds_of(hashed, pdfs),
            BARE: seconds_of(read_here, pdfs),
            OURS: (lifetime(pdfs, 1 + DOCUMENTS) - start) / DOCUMENTS,
            START: start,
        }
        for name, seconds in took.items():
            found.setdefault(name, []).append(seconds)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


def main() -> None:
    """Measure, and print a table or JSON."""
    named = [Path(name).read_bytes() for name in sys.argv[1:] if name != "--json"]
    found = measured(named or [made()])
    ratios = {name: seconds / found[BARE] for name, seconds in found.items()}
    if "--json" in sys.argv[1:]:
        print(json.dumps({"seconds": found, "ratios": ratios}))
        return
    print(f"{'CPU':<28}{'ms':>8}{'x bare':>9}")
    for name, seconds in found.items():
        print(f"{name:<28}{seconds * 1000:>8.2f}{ratios[name]:>9.1f}")


if __name__ == "__main__":
    main()
