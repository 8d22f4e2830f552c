"""Settings for commands that ask an account."""

from __future__ import annotations

from pathlib import Path

from tests.workbench import LocalKanbert

SETTINGS = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "{base_url}"
token = "{token}"
timeout = "5s"
[inboxes.scanner]
path = "{folder}/scans"
account = "main"
"""

NOWHERE = "http://127.0.0.1:1/api/v1"
"""Where nobody listens."""


def settle(
    folder: Path, kanbert: LocalKanbert, *, base_url: str = "", token: str = "", more: str = ""
) -> None:
    """Write a settings file for a local Kanbert.

    :param base_url: another address.
    :param token: another token.
    :param more: further settings.
    """
    given = {"base_url": base_url or kanbert.base_url, "token": token or kanbert.token}
    text = SETTINGS.format(folder=folder, **given) + more
    (folder / "ingestd.toml").write_text(text)
