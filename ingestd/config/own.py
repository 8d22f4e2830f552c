"""Settings of what ingestd keeps and says itself."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from ingestd.config.table import Table


class LedgerSettings(Table):
    """Where it is remembered."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _is_served(cls, url: str) -> str:
        # the value may hold a password, so it is not repeated
        if url and not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError("must begin with postgresql://, or be empty for SQLite in state_dir")
        return url


class LogSettings(Table):
    """What is written about it."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    file: str = ""
