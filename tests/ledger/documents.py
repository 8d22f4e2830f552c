"""Documents for the ledger, and a clock for it to go by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from ingestd.ledger import Ledger
from ingestd.model import NEXT, Document, State

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SHA = "ab" * 32


class Ticking:
    """A clock that is a second later each time it is looked at."""

    def __init__(self, time: datetime = NOON) -> None:
        self.time = time

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def document(number: int = 1, **facts: Any) -> Document:
    return Document(
        **{
            "id": f"id-{number}",
            "inbox": "scanner",
            "account": "main",
            "name": f"invoice-{number}.pdf",
            "state": State.CLAIMED,
            "claimed_at": NOON + timedelta(minutes=number),
            "updated_at": NOON,
            **facts,
        }
    )


def way_to(state: State) -> Sequence[State]:
    """A shortest way from claimed to this state, both included."""
    ways: list[list[State]] = [[State.CLAIMED]]
    while ways[0][-1] is not state:
        way = ways.pop(0)
        ways += [[*way, following] for following in sorted(NEXT[way[-1]] - set(way))]
    return ways[0]


def bring(ledger: Ledger, document: Document, state: State, **facts: Any) -> Document:
    """Add a document and lead it to a state; `facts` are remembered with the first step."""
    ledger.add(document)
    for _, following in pairwise(way_to(state)):
        document = ledger.advance(document, following, **facts)
        facts = {}
    return document
