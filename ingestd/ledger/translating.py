"""What a database raises, in our own classes and in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ingestd.errors import LedgerUnusable, StorageFailed
from ingestd.ledger.disk import is_full


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise `LedgerUnusable` or `StorageFailed` for what the database raises."""
    try:
        yield
    except SQLAlchemyError as error:
        if _disk_failed(error, engine):
            raise StorageFailed(
                f"The disk could not store the ledger: {in_its_words(error)}.",
                hint="Check the disk (dmesg, smartctl); ingestd goes on from here when started.",
            ) from error
        raise LedgerUnusable(
            f"The ledger cannot be used: {in_its_words(error)}.",
            hint="Check the space and the rights in state_dir (or the database in [ledger] url).",
        ) from error


def _disk_failed(error: SQLAlchemyError, engine: Engine) -> bool:
    name: str = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    if name == "SQLITE_IOERR_WRITE":
        return not is_full(Path(engine.url.database or ""))
    return name.endswith("_FSYNC")  # of the file, or of the folder it is in


def in_its_words(error: SQLAlchemyError) -> str:
    """What the database said, on one line, without the query around it."""
    said = getattr(error, "orig", None) or error
    return " ".join(str(said).split()).rstrip(".?")
