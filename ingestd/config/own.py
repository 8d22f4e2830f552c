"""Settings of what ingestd keeps and says itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator

from ingestd.config.table import Table
from ingestd.config.values import Duration, SizeOrNone, Wait

MOST_OFTEN = 60.0
"""Seconds between two signs of life; the loop that gives them may rest for half of that."""


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
    file_max_size: SizeOrNone = 0
    file_keep: PositiveInt = 5


class NotifySettings(Table):
    """Who is told of it."""

    urls: list[SecretStr] = Field([])
    urls_file: Path | None = None
    webhook_url: SecretStr = SecretStr("")
    webhook_url_file: Path | None = None
    webhook_token_file: Path | None = None
    heartbeat_url: SecretStr = SecretStr("")
    heartbeat_url_file: Path | None = None
    heartbeat_every: Wait = 300.0
    silence_alarm: int = Field(0, ge=0)
    bundle: Duration = 600.0
    patience: Duration = 300.0

    @field_validator("urls")
    @classmethod
    def _name_services(cls, urls: list[SecretStr]) -> list[SecretStr]:
        for number, url in enumerate(urls, start=1):
            # it may be a secret, so it is not repeated
            if not is_service(url.get_secret_value()):
                raise ValueError(f"number {number} is no address of Apprise's, such as {_SUCH_AS}")
        return urls

    @field_validator("webhook_url", "heartbeat_url")
    @classmethod
    def _is_web(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not is_web(url.get_secret_value()):
            raise ValueError("must begin with https:// or http://")
        return url

    @field_validator("heartbeat_every")
    @classmethod
    def _not_too_often(cls, every: float) -> float:
        if every < MOST_OFTEN:
            raise ValueError("must be a minute or more")
        return every

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for key in ("urls", "webhook_url", "heartbeat_url"):
            given = getattr(self, key)
            there = given if isinstance(given, list) else given.get_secret_value()
            if there and getattr(self, f"{key}_file"):
                raise ValueError(f"has {key} and {key}_file; only one of them can be meant")
        return self


_SUCH_AS = '"ntfys://ntfy.sh/a-topic"'


def is_service(url: str) -> bool:
    """Whether this looks like an address of Apprise's, which says the rest when it is used."""
    return bool(re.match(r"[A-Za-z][\w.+-]*://\S", url))


def is_web(url: str) -> bool:
    """Whether this is an address that requests are sent to; unencrypted ones too.

    What is sent holds no token to Kanbert, and a program at home often speaks http alone.
    """
    return bool(re.match(r"https?://[^\s/]", url))
