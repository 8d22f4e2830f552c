"""What the doctor says of one thing: how it stands, and what to do where it does not stand well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ingestd.errors import IngestdError


class Level(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"
    """It works, but somebody should know."""
    FAIL = "fail"
    """Documents are not delivered, or not all, or not safely."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check."""

    level: Level
    subject: str
    what: str
    """A sentence."""
    cure: str = ""
    """What to do; empty only where all is well."""


def ok(subject: str, what: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, subject, what)


def warn(subject: str, what: str, cure: str) -> Finding:
    """Somebody should know."""
    return Finding(Level.WARN, subject, what, cure)


def fail(subject: str, what: str, cure: str) -> Finding:
    """Somebody has to do something."""
    return Finding(Level.FAIL, subject, what, cure)


def refused(subject: str, error: IngestdError, otherwise: str = "") -> Iterator[Finding]:
    """Say what an error says, which may be of several things.

    :param otherwise: what to do where the error does not say it.
    """
    for line in str(error).splitlines():
        yield fail(subject, line, error.hint or otherwise)


def worst(findings: Iterable[Finding]) -> Level:
    """How all of it stands."""
    return max((finding.level for finding in findings), key=list(Level).index, default=Level.OK)
