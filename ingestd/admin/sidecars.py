"""The files beside a document that belong to it: `invoice.toml`, `invoice.pdf.json`."""

from __future__ import annotations

from pathlib import Path

SIDECARS = (".toml", ".json")


def sidecars_of(document: Path) -> list[Path]:
    """Those that are there."""
    return [path for path in sidecar_names(document) if path.is_file() and not path.is_symlink()]


def sidecar_names(document: Path) -> list[Path]:
    """What a document's sidecars may be called, whether or not there are any."""
    names = [f"{base}{suffix}" for base in (document.stem, document.name) for suffix in SIDECARS]
    return [document.with_name(name) for name in names if name != document.name]


def renamed(sidecar: Path, document: Path, target: Path) -> Path:
    """Where a sidecar belongs when its document is moved to `target`."""
    if sidecar.name.startswith(document.name):
        return target.with_name(target.name + sidecar.name.removeprefix(document.name))
    return target.with_name(target.stem + sidecar.name.removeprefix(document.stem))
