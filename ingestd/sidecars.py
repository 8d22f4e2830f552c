"""The files beside a document that belong to it: `invoice.toml`, `invoice.pdf.json`, `invoice.xml`.

Each is called as its document is, with that one's suffix or without it. What is called like a
sidecar has none itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

FIELDS = (".toml", ".json")
"""Suffixes of those that say what is to be sent with their document."""
EINVOICE = ".xml"
"""Suffix of an e-invoice beside its picture."""
SUFFIXES = tuple(case(one) for one in (*FIELDS, EINVOICE) for case in (str.lower, str.upper))
"""As they are written, by people and by old programs; never in mixed case."""


def is_called_like_one(name: str) -> bool:
    """Whether a file of this name would be a sidecar, if its document were beside it."""
    return name.endswith(SUFFIXES)


def names_for(document: str) -> list[str]:
    """What the sidecars of a document may be called, given its name without folders."""
    if is_called_like_one(document):
        return []
    stem, _ = os.path.splitext(document)
    bases = dict.fromkeys((stem, document))
    return [f"{base}{suffix}" for base in bases for suffix in SUFFIXES]


def owners(sidecars: Iterable[str], documents: Iterable[str]) -> Mapping[str, list[str]]:
    """The documents that each sidecar may belong to, by their names in one folder.

    `a.pdf.json` is that of `a.pdf`, and only without one that of `a.pdf.tif`. A name that is
    `a.json` may be meant for `a.pdf` or for `a.jpg`.
    """
    by_stem: dict[str, list[str]] = {}
    names = {name for name in documents if not is_called_like_one(name)}
    for name in sorted(names):
        by_stem.setdefault(os.path.splitext(name)[0], []).append(name)
    found = {}
    for sidecar in sidecars:
        base, _ = os.path.splitext(sidecar)
        found[sidecar] = [base] if base in names else by_stem.get(base, [])
    return found


def paths_for(document: Path) -> list[Path]:
    """Where its sidecars may be, whether or not there are any."""
    return [document.with_name(name) for name in names_for(document.name)]


def sidecars_of(document: Path) -> list[Path]:
    """Those that are there."""
    return [path for path in paths_for(document) if path.is_file() and not path.is_symlink()]


def renamed(sidecar: Path, document: Path, target: Path) -> Path:
    """Where a sidecar belongs when its document is moved to `target`.

    It need not be called like its document any more.
    """
    base, suffix = os.path.splitext(sidecar.name)
    stem, kind = os.path.splitext(document.name)
    with_kind = base == document.name or (base != stem and bool(kind) and base.endswith(kind))
    return target.with_name(
        (target.name if with_kind else os.path.splitext(target.name)[0]) + suffix
    )
