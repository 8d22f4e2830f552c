"""What an account holds before its first invoice: suppliers, users, payment and book accounts."""

from __future__ import annotations

from typing import NamedTuple

INTEGRATION = "sandbox"
"""Slug of the one integration that every token of the sandbox belongs to."""

SPACE = ("sP1mE8", "Sandbox GmbH")


class User(NamedTuple):
    """Someone who can be an invoice's editor."""

    first_name: str
    last_name: str
    email: str
    type: str


class BookAccount(NamedTuple):
    """An account of the chart of accounts; budgets are whole units by year."""

    code: str
    title: str
    budgets: dict[str, int] | None = None


SUPPLIERS = {
    "sU7pQ2": "Acme GmbH",
    "sN4vL8": "Northwind Papier KG",
    "sG2hT5": "Globex Energie AG",
    "sI9wC3": "Initech Software OG",
}

USERS = {
    "uM3aR6": User("Marta", "Reiter", "marta.reiter@example.com", "user"),
    "uT5xA1": User("Tobias", "Axmann", "tobias.axmann@example.com", "tax_advisor"),
    "uI8nT4": User("Sandbox", "Integration", "integration@example.com", "integration"),
}

ME = "uI8nT4"
"""The user behind every token: what `me.id` means in a filter."""

PAYMENT_ACCOUNTS = {"pB6kN2": "Business account", "pC1rD9": "Company card"}

CHART_OF_ACCOUNTS = {
    "cA8rT4": BookAccount("7600", "Office", {"2024": 5000}),
    "cE3nG7": BookAccount("7230", "Energy"),
    "cS5wR1": BookAccount("7640", "Software"),
}
