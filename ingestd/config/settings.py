"""Every setting: its name, its type, its default and what it must not be."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    Field,
    PositiveInt,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ingestd import kanbert
from ingestd.config.own import LedgerSettings, LogSettings, NotifySettings
from ingestd.config.patterns import check_pattern
from ingestd.config.table import Table
from ingestd.config.values import Duration, Sidecars, Size, Wait
from ingestd.config.web import MetricsSettings, WebSettings

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""Names of inboxes and accounts; lower case, for environment variables have no case to tell."""


class OAuth2(Table):
    """Client credentials (RFC 6749, 4.4)."""

    token_url: str
    client_id: str
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    scope: str = "incoming-invoice:read incoming-invoice:write"

    _safe = field_validator("token_url")(kanbert.check_url)

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.client_secret is None) == (self.client_secret_file is None):
            raise ValueError("needs either client_secret_file or client_secret")
        return self


class Account(Table):
    """A Kanbert account and how to reach it."""

    base_url: str
    token: SecretStr | None = None
    token_file: Path | None = None
    oauth2: OAuth2 | None = None
    external_origin: str = Field("ingestd", max_length=255)
    concurrency: PositiveInt = Field(4, le=64)
    requests_per_minute: int = Field(0, ge=0)
    timeout: Wait = 30.0
    deadline: Wait = 300.0
    ca_bundle: str = ""
    proxy: str = ""

    _safe = field_validator("base_url")(kanbert.check_url)

    @model_validator(mode="after")
    def _one_credential(self) -> Self:
        given = [key for key in ("token", "token_file", "oauth2") if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"has {' and '.join(given)}; only one of them can be meant")
        return self


class Inbox(Table):
    """A folder that is watched, and what is done with what arrives in it."""

    path: Path
    account: str = ""
    include: list[str] = Field(["*.pdf"], min_length=1)
    exclude: list[str] = Field([])
    recursive: bool = False
    done: str = Field("done", min_length=1)
    failed: str = Field("failed", min_length=1)
    duplicates: str = ""
    filed_layout: str = ""
    watch: Literal["auto", "native", "poll"] = "auto"
    rescan: Wait | None = None
    settle: Duration = 2.0
    give_up_on_incomplete: Duration = 600.0
    max_size: Size = 15_000_000
    oversize: Literal["fail", "shrink"] = "fail"
    order: Literal["oldest", "name"] = "oldest"
    filename_pattern: str = ""
    subfolders: Literal["ignore", "tags"] = "ignore"
    einvoice: Literal["off", "fields", "skip-ocr"] = "fields"
    sidecars: Sidecars = True
    fields: dict[str, Any] = Field({})

    @field_validator("path")
    @classmethod
    def _whole(cls, path: Path) -> Path:
        return _absolute(path)

    @field_validator("filed_layout")
    @classmethod
    def _below_done(cls, layout: str) -> str:
        if layout.startswith("/") or ".." in Path(layout).parts:
            raise ValueError(f'"{layout}" leads out of the done folder')
        return layout

    _readable = field_validator("filename_pattern")(check_pattern)

    @field_validator("fields")
    @classmethod
    def _are_create_fields(cls, fields: dict[str, Any]) -> dict[str, Any]:
        if "external_id" in fields:
            raise ValueError("external_id is made by ingestd, one for each document")
        if fields:  # or what is sent to Kanbert would be imported for nothing
            kanbert.CreateInvoice.model_validate(fields)
        return fields

    @model_validator(mode="after")
    def _has_subfolders(self) -> Self:
        if self.subfolders == "tags" and not self.recursive:
            raise ValueError('subfolders = "tags" needs recursive = true; set that too')
        return self

    def folder(self, name: str) -> Path:
        """A folder of this inbox's by its setting: relative to `path`, or absolute."""
        return Path(os.path.normpath(self.path / name))


class Settings(BaseSettings):
    """Everything from the settings file and the environment, checked."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # it may be a token
        env_prefix="INGESTD_",
        env_nested_delimiter="__",
    )

    state_dir: Path | None = None
    heartbeat_file: Path | None = None
    accounts: dict[str, Account] = Field(min_length=1)
    inboxes: dict[str, Inbox] = {}
    """None are needed where only an account is asked; see `load_with_inboxes`."""
    ledger: LedgerSettings = LedgerSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    web: WebSettings = WebSettings()
    notify: NotifySettings = NotifySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `load` has read the environment that it was given."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    def account_of(self, inbox: Inbox) -> str:
        """The name of the account that an inbox delivers to."""
        return inbox.account or next(iter(self.accounts))

    @field_validator("heartbeat_file", mode="before")
    @classmethod
    def _may_be_empty(cls, given: object) -> object:
        return given or None

    @field_validator("state_dir", "heartbeat_file")
    @classmethod
    def _whole(cls, path: Path | None) -> Path | None:
        return path and _absolute(path)

    @field_validator("accounts", "inboxes")
    @classmethod
    def _named(cls, tables: dict[str, Any]) -> dict[str, Any]:
        for name in tables:
            _check_name(name)
        return tables

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        for name, inbox in self.inboxes.items():
            if inbox.account and inbox.account not in self.accounts:
                known = ", ".join(self.accounts)
                raise ValueError(f'inboxes.{name}: no account "{inbox.account}"; there is: {known}')
            if not inbox.account and len(self.accounts) > 1:
                known = ", ".join(self.accounts)
                raise ValueError(f"inboxes.{name}: say which account it delivers to: {known}")
        _check_folders(self.inboxes)
        return self


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError(f'"{path}" is relative; write the whole path')
    return Path(os.path.normpath(path))


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError(f'"{name}" cannot be a name; use lower-case letters, digits, "_" and "-"')


def apart(one: Inbox, other: Inbox) -> bool:
    """Whether two inboxes may be served at the same time: neither sees files of the other."""
    try:
        _check_folders({"one": one, "other": other})
    except ValueError:
        return False
    return True


def _check_folders(inboxes: dict[str, Inbox]) -> None:
    """No two inboxes may see the same file, and none what another has put away."""
    for name, inbox in inboxes.items():
        for other_name, other in inboxes.items():
            if name == other_name:
                continue
            inside = other.recursive and other.path in inbox.path.parents
            if inbox.path == other.path or inside:
                raise ValueError(f"inboxes.{name}: its folder belongs to inboxes.{other_name} too")
        if inbox.folder(inbox.done) == inbox.folder(inbox.failed):
            raise ValueError(f"inboxes.{name}.failed: it is the done folder too")
        for key in ("done", "failed", "duplicates"):
            folder = inbox.folder(getattr(inbox, key) or inbox.done)
            for other_name, other in inboxes.items():
                if folder == other.path:
                    raise ValueError(f"inboxes.{name}.{key}: {folder} is an inbox")
                if other_name != name and other.recursive and other.path in folder.parents:
                    raise ValueError(f"inboxes.{name}.{key}: {folder} is in inboxes.{other_name}")
