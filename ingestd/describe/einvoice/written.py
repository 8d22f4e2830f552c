"""What is written in an e-invoice, whichever syntax it has: by the terms of EN 16931, unread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Day:
    """A date as it is written."""

    text: str
    format: str = ""
    """Code of UNTDID 2379, such as 102 for 20180305; empty for ISO 8601."""


@dataclass(frozen=True, slots=True)
class Due:
    """One of the days that something is to be paid by."""

    day: Day
    discounted: bool = False
    """What is due by then is less than the whole."""
    partial: bool = False
    """What is due by then is an instalment."""


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount as it is written."""

    text: str
    currency: str = ""
    """Code of ISO 4217; empty where the amount itself names none."""


@dataclass(frozen=True, slots=True)
class Tax:
    """A line of the VAT breakdown (BG-23)."""

    category: str
    """BT-118, a code of UNTDID 5305, such as S for the standard rate."""
    rate: str
    """BT-119, percent."""
    base: Sum
    """BT-116."""
    tax: Sum
    """BT-117."""


@dataclass(frozen=True, slots=True)
class Written:
    """An invoice; a text that is not there is empty."""

    kind: str
    """Standard, profile and syntax, for people."""
    number: str
    """BT-1."""
    type_code: str
    """BT-3, a code of UNTDID 1001."""
    credit_note: bool
    """The syntax itself says that it is one."""
    issued: Day
    """BT-2."""
    due: tuple[Due, ...]
    """BT-9, and what there is beside it."""
    start: Day
    """BT-73."""
    end: Day
    """BT-74."""
    currency: str
    """BT-5."""
    seller: str
    """BT-27."""
    net: tuple[Sum, ...]
    """BT-109."""
    vat: tuple[Sum, ...]
    """BT-110, and BT-111 in the currency of the books."""
    gross: tuple[Sum, ...]
    """BT-112."""
    taxes: tuple[Tax, ...]
    """BG-23."""
