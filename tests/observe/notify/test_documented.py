"""What docs/notifications.md tells programs is so."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import apprise
import pytest

from ingestd.observe.notify.message import ENDS, KINDS, of_test
from ingestd.observe.notify.webhook import as_json

TEXT = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text("utf-8")


def test_the_example_has_what_is_sent() -> None:
    example = json.loads(TEXT.split("```json\n")[1].split("```")[0])
    sent = json.loads(as_json(of_test(), host="nas", now=datetime.now(UTC)))

    assert {key: type(value) for key, value in example.items()} == {
        key: type(value) for key, value in sent.items()
    }
    assert example["about"][0].keys() == sent["about"][0].keys()


def test_every_kind_is_told_of() -> None:
    rows = re.findall(r"(?m)^\| (`.+?) \|", TEXT.split("## What is told, and when")[1])

    assert {kind for row in rows for kind in re.findall(r"`([a-z._]+)`", row)} == KINDS
    assert set(ENDS.values()) < KINDS


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("url", re.findall(r"(?m)^\| .+ \| `(\w+://\S+)` \|$", TEXT))
def test_the_addresses_shown_are_such_as_apprise_takes(url: str) -> None:
    assert apprise.Apprise.instantiate(url) is not None
