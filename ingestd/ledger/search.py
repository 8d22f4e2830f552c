"""Looking for documents, by whatever a person knows of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, cast, func, literal, or_, select

from ingestd.ledger.schema import PathText
from ingestd.model import Outcome, State

ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are looked for; what is empty does not matter."""

    text: str = ""
    """An id (the document's, the invoice's or its external one), a hash, or a name, with or without
    folders; in a name `*` and `?` stand for others."""
    inbox: str = ""
    states: frozenset[State] = frozenset()
    outcomes: frozenset[Outcome] = frozenset()
    """Those in one of the states or with one of the outcomes."""
    since: datetime | None = None
    """When they went on last."""
    limit: int = 0
    """0: all."""


def matching(wanted: Wanted, documents: FromClause, *, sqlite: bool) -> Select[Any]:
    """Put it as a query; those that went on last come first.

    :param documents: the table, or what stands for it.
    :param sqlite: for SQLite, which takes bytes for text as they are; PostgreSQL is strict.
    """
    query = select(documents).order_by(documents.c.updated_at.desc(), documents.c.id)
    if wanted.text:
        query = query.where(or_(*_is(wanted.text, documents.c, sqlite=sqlite)))
    if wanted.inbox:
        query = query.where(documents.c.inbox == wanted.inbox)
    if wanted.states or wanted.outcomes:
        query = query.where(
            or_(
                documents.c.state.in_(sorted(wanted.states)),
                documents.c.outcome.in_(sorted(wanted.outcomes)),
            )
        )
    if wanted.since:
        query = query.where(documents.c.updated_at >= wanted.since)
    return query.limit(wanted.limit) if wanted.limit else query


def _is(text: str, columns: Any, *, sqlite: bool) -> list[Any]:
    like = (_like(text), f"%/{_like(text)}")
    names = [_name_like(columns.name, pattern, sqlite=sqlite) for pattern in like]
    if not text.isascii():
        return names  # neither an id nor a hash
    return [
        columns.id == text,
        columns.invoice_id == text,
        columns.external_id == text,
        columns.md5 == text.lower(),
        columns.sha256 == text.lower(),
        columns.sent_md5 == text.lower(),
        *names,
    ]


def _name_like(name: ColumnElement[str], pattern: str, *, sqlite: bool) -> ColumnElement[bool]:
    if sqlite:
        wanted = literal(pattern, PathText())
        return cast(name, Text).like(cast(wanted, Text), escape=ESCAPE)
    # it likens bytes too, but not without regard to case; in LATIN1 every byte is a letter
    letters = func.convert_from(name, "LATIN1", type_=Text).collate("C")
    return letters.ilike(os.fsencode(pattern).decode("latin-1"), escape=ESCAPE)


def _like(text: str) -> str:
    """The pattern of SQL for one of people's."""
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    return text.replace("*", "%").replace("?", "_")
