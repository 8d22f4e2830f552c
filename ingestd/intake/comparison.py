"""Reading a file again: whether it holds what was read of it, or what another holds."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from ingestd.errors import DocumentChanged, UnfitDocument
from ingestd.intake.inspection import regular_file
from ingestd.intake.settle import Look

_PIECE = 1 << 20
"""Bytes that are read at a time."""


def still_holds(path: Path, data: bytes) -> bool:
    """Whether a file still holds the bytes that were read of it.

    It is read again: a look shows neither what was written through a memory map nor what came
    with the old time stamp (`cp -p`), and shares answer with what they knew a minute ago.

    :raises OSError: if it is not there, or cannot be read.
    """
    try:
        with regular_file(path) as (descriptor, before):
            return (
                before.st_size == len(data)
                and _holds(descriptor, data)
                and Look.of(before).is_of(os.fstat(descriptor))
            )
    except UnfitDocument:
        return False


def _holds(descriptor: int, data: bytes) -> bool:
    at = 0
    while at < len(data):
        piece = os.read(descriptor, min(_PIECE, len(data) - at + 1))
        if not piece or not data.startswith(piece, at):
            return False
        at += len(piece)
    return True


def unchanged(path: Path, size: int | None, sha256: str) -> bool:
    """The same by what is remembered of its bytes; raises as `still_holds`."""
    return os.lstat(path).st_size == size and _sha256(path) == sha256


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes now; one that is not there holds none.

    :raises OSError: if one cannot be read.
    """
    try:
        alike = one.lstat().st_size == other.lstat().st_size
        return alike and (sha256 := _sha256(one)) is not None and _sha256(other) == sha256
    except (FileNotFoundError, NotADirectoryError):
        return False


def digests(path: Path, look: Look) -> tuple[str, str]:
    """MD5 and SHA-256 of a file, in lower-case hexadecimal, read a piece at a time.

    :param look: how it looked; it still has to, before and after.
    :raises DocumentChanged: if it does not.
    :raises OSError: if it is not there, or cannot be read.
    """
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    try:
        with regular_file(path) as (descriptor, before):
            is_as_it_was = look.is_of(before)
            while is_as_it_was and (piece := os.read(descriptor, _PIECE)):
                md5.update(piece)
                sha256.update(piece)
            is_as_it_was = is_as_it_was and look.is_of(os.fstat(descriptor))
    except UnfitDocument:
        is_as_it_was = False
    if not is_as_it_was:
        raise DocumentChanged(f"{path.name} changed just now.")
    return md5.hexdigest(), sha256.hexdigest()


def _sha256(path: Path) -> str | None:
    try:
        with (
            regular_file(path) as (descriptor, _),
            open(descriptor, "rb", 0, closefd=False) as file,
        ):
            return hashlib.file_digest(file, "sha256").hexdigest()
    except UnfitDocument:
        return None
