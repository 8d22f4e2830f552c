"""Settings: from a TOML file and the environment, checked before anything runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ingestd.config.environment import given_in, variable_for
from ingestd.config.loading import (
    HOW_TO_ADD_INBOX,
    find,
    load,
    load_with_inboxes,
    secret_keys,
)
from ingestd.config.notified import Addresses, addresses, webhook_token
from ingestd.config.own import NotifySettings
from ingestd.config.secrets import (
    Secrets,
    credential_file,
    credentials,
    require_credentials,
    secret_folders,
)
from ingestd.config.settings import Account, Inbox, Settings, apart
from ingestd.config.web import WebSettings

__all__ = [
    "HOW_TO_ADD_INBOX",
    "Account",
    "Addresses",
    "Inbox",
    "NotifySettings",
    "Secrets",
    "Settings",
    "WebSettings",
    "addresses",
    "apart",
    "credential_file",
    "credentials",
    "find",
    "given_in",
    "load",
    "load_with_inboxes",
    "require_credentials",
    "secret_folders",
    "secret_keys",
    "state_dir",
    "variable_for",
    "webhook_token",
]


def state_dir(settings: Settings, environ: Mapping[str, str] = os.environ) -> Path:
    """Where ingestd keeps its ledger: as set, else as systemd says, else the platform's place."""
    if settings.state_dir is not None:
        return settings.state_dir
    given = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    import platformdirs  # noqa: PLC0415 - only where nobody says

    return platformdirs.user_state_path("ingestd")
