"""Dockerfile and compose.example.yaml: what they say must be so, and fit what is said elsewhere."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingestd import __version__
from ingestd.config import Settings, credential_file, load

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.example.yaml").read_text("utf-8"))
SERVICE: dict[str, Any] = COMPOSE["services"]["ingestd"]
MOUNTS = [volume.split(":")[1] for volume in SERVICE["volumes"]]
PROMISED = 25
"""Seconds within which the daemon ends after SIGTERM."""


def settings() -> Settings:
    """What ingestd is given by the image and the example together."""
    image = dict(re.findall(r"(INGESTD_\w+)=(\S+)", DOCKERFILE))
    return load(None, {**image, **SERVICE["environment"]}, places=())


def mount_of(folder: Path) -> str:
    return next((mount for mount in MOUNTS if folder.is_relative_to(mount)), "")


def test_the_example_is_enough_without_a_settings_file() -> None:
    assert list(settings().inboxes) == ["scanner"]


def test_the_secret_of_the_example_is_where_the_token_is_looked_for(tmp_path: Path) -> None:
    for name in SERVICE["secrets"]:
        (tmp_path / name).write_text("12345")

    assert credential_file("main", settings(), [tmp_path]) == tmp_path / "kanbert.token"


def test_documents_move_within_one_mount_which_makes_moves_renames() -> None:
    inbox = settings().inboxes["scanner"]

    folders = [inbox.path, inbox.folder(inbox.done), inbox.folder(inbox.failed)]

    assert {mount_of(folder) for folder in folders} == {"/data"}


def test_the_state_outlives_the_container() -> None:
    state = settings().state_dir

    assert state is not None
    assert mount_of(state) == "/state"


def test_it_is_given_the_time_that_it_needs_to_end() -> None:
    assert int(SERVICE["stop_grace_period"].removesuffix("s")) > PROMISED


def test_the_heartbeat_is_where_a_read_only_container_can_write() -> None:
    script = (ROOT / "docker" / "ingestd-alive").read_text("utf-8")

    [heartbeat] = re.findall(r"INGESTD_HEARTBEAT_FILE:-(\S+)}", script)

    assert str(Path(heartbeat).parent) in SERVICE["tmpfs"]
    assert SERVICE["read_only"]


def test_the_version_is_the_same_everywhere() -> None:
    told = (ROOT / "docs" / "docker.md").read_text("utf-8")
    named = re.findall(r"ingestd:(\d[\d.]*\d)", told + SERVICE["image"])

    assert {*re.findall(r'image\.version="(\S+)"', DOCKERFILE), *named} == {__version__}


@pytest.mark.parametrize("instruction", ["ENTRYPOINT", "CMD", "HEALTHCHECK.* CMD"])
def test_no_shell_stands_between_the_engine_and_what_it_starts(instruction: str) -> None:
    commands = re.findall(rf"^{instruction} (.+)$", DOCKERFILE, re.MULTILINE)

    assert all(isinstance(json.loads(command), list) for command in commands)
    assert commands


def test_everything_that_is_copied_is_there_and_sent_to_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    sent = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert {source.split("/")[0] for source in sources} == set(sent)


def test_the_scripts_can_be_started() -> None:
    scripts = list((ROOT / "docker").iterdir())

    assert scripts
    assert [script.name for script in scripts if not os.access(script, os.X_OK)] == []
