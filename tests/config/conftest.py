from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ingestd.config import Settings, load
from ingestd.errors import SettingsError

ACCOUNT = """
[accounts.main]
base_url = "https://kanbert.example/api/v1"
"""
INBOX = """
[inboxes.scanner]
path = "/srv/scans"
"""
MINIMAL = ACCOUNT + INBOX

Load = Callable[..., Settings]
Refuse = Callable[..., SettingsError]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ingestd.toml"


@pytest.fixture
def load_text(file: Path) -> Load:
    """Load settings from a text and an environment that holds nothing else."""

    def load_it(text: str = MINIMAL, environ: Mapping[str, str] | None = None) -> Settings:
        file.write_text(text, encoding="utf-8")
        return load(file, environ or {})

    return load_it


@pytest.fixture
def refusal(load_text: Load) -> Refuse:
    """Load settings that cannot be used, and return what is said about them."""

    def refuse(text: str = MINIMAL, environ: Mapping[str, str] | None = None) -> SettingsError:
        with pytest.raises(SettingsError) as caught:
            load_text(text, environ)
        return caught.value

    return refuse
