"""Hashing a file that lies somewhere, a piece at a time."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ingestd.errors import DocumentChanged
from ingestd.intake import Look, digests

CONTENT = b"%PDF-" * 500_000


def test_all_of_a_file_is_hashed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(CONTENT)

    found = digests(path, Look.of(path.lstat()))

    assert found == (hashlib.md5(CONTENT).hexdigest(), hashlib.sha256(CONTENT).hexdigest())


def test_a_file_that_is_not_what_was_looked_at_is_not_hashed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(CONTENT)
    look = Look.of(path.lstat())

    with pytest.raises(DocumentChanged, match="changed just now"):
        digests(path, replace(look, mtime_ns=1))


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(CONTENT)
    look = Look.of(path.lstat())
    os.rename(path, tmp_path / "secret")
    path.symlink_to(tmp_path / "secret")

    with pytest.raises(DocumentChanged):
        digests(path, look)


def test_a_file_that_is_gone_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        digests(tmp_path / "a.pdf", Look(0, 0, 0, 0))
