"""docs/operations.md names every event of the log and its fields, and none that there is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ingestd.model import Outcome

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")

SAYS = {"debug", "info", "warning", "error", "exception", "say", "_tell"}
"""What a line of the log is written with."""

OF_EVERY_LINE = {"timestamp", "level", "event"}
GIVEN_AS_MAPPINGS = {
    *{"base_url", "sent_md5", "sent_size", "sent_dpi", "sent_quality"},
    *{"attempt", "duration_ms", "exception", "account", "field", "md5", "text", "sidecars"},
}
"""Fields that no call names by keyword."""


def calls() -> Iterator[tuple[str, set[str]]]:
    """Each event that is logged anywhere, and the fields that it is given by name."""
    for path in sorted((ROOT / "ingestd").rglob("*.py")):
        if "sandbox" in path.parts:  # its own log, which is uvicorn's
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in SAYS:
                fields = {one.arg for one in node.keywords if one.arg} - {"exc_info"}
                for event in _events(node.args[0]):
                    yield event, fields


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _events(argument: ast.expr) -> list[str]:
    match argument:
        case ast.Constant(value=str(event)) if re.fullmatch(r"library|[a-z]+\.[a-z_]+", event):
            return [event]
        case ast.JoinedStr(values=[ast.Constant(value="document."), ast.FormattedValue()]):
            return [f"document.{outcome}" for outcome in Outcome]
        case _:
            return []


def rows(header: str) -> set[str]:
    """The names in the first column of the table below a heading."""
    table = PAGE.split(f"\n### {header}\n")[1].split("\n#")[0]
    firsts = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    return {name for first in firsts for name in re.findall(r"`([a-z0-9_.]+)`", first)}


def test_every_event_is_explained_and_no_other() -> None:
    assert rows("Events") == {event for event, _ in calls()}


def test_every_field_is_explained_and_no_other() -> None:
    named = {field for _, fields in calls() for field in fields}

    assert rows("Fields") == named | GIVEN_AS_MAPPINGS | OF_EVERY_LINE
