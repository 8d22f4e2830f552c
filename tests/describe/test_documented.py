"""docs/fields.md tells the truth."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingestd.config import load
from ingestd.config.settings import Inbox
from ingestd.describe import READERS, NamePattern, Rules, describe, together
from ingestd.describe.search import search
from ingestd.kanbert import CreateInvoice
from tests.config.test_environment import ENOUGH

PAGE = (Path(__file__).parents[2] / "docs" / "fields.md").read_text(encoding="utf-8")


def examples() -> Iterator[tuple[str, str, str]]:
    """Each file that is shown: the settings, its name, and what is said of it."""
    for settings, table in re.findall(r"```toml\n([^`]+)```\n+((?:\|.*\n)+)", PAGE):
        for name, fields in re.findall(r"^\| `(.+?)` \| (.+?) \|$", table, re.MULTILINE):
            yield settings, name, fields


def rules(settings: str) -> Rules:
    (table,) = tomllib.loads(settings)["inboxes"].values()
    inbox = Inbox(**table)
    expression = inbox.filename_pattern
    pattern = NamePattern(expression, search) if expression else None
    return Rules(inbox.fields, inbox.subfolders == "tags", pattern)


def shown(fields: str) -> dict[str, Any]:
    return tomllib.loads("\n".join(re.findall(r"`(.+?)`(?:, |$)", fields)))


@pytest.mark.parametrize(("settings", "name", "fields"), list(examples()))
def test_a_file_that_is_shown_gets_the_fields_that_are_shown(
    settings: str, name: str, fields: str
) -> None:
    known, expected = together(describe(name, rules(settings))), shown(fields)
    if "title" not in expected:
        del known["title"]

    assert CreateInvoice(**known) == CreateInvoice(**expected)


def test_there_are_files_shown_for_folders_and_for_two_patterns() -> None:
    assert len({settings for settings, *_ in examples()}) == 3


def test_fields_of_every_document_are_the_same_in_the_file_and_in_the_environment() -> None:
    table, variables = re.findall(r"```(?:toml|sh)\n([^`]+)```", PAGE)[:2]
    fields = tomllib.loads(table)["inboxes"]["scanner"]["fields"]
    environ = dict(one.split("=", 1) for one in shlex.split(variables))

    given = load(None, ENOUGH | environ, places=()).inboxes["scanner"].fields

    assert given
    assert CreateInvoice(**fields) == CreateInvoice(**fields | given)


def test_every_field_is_named() -> None:
    paragraph = PAGE.split("## ")[0]

    assert set(re.findall(r"`(\w+)`", paragraph)) - {"Invoice", "Credit", "external_id"} == set(
        READERS
    )


def ways(column: int) -> Iterator[tuple[str, str]]:
    """What the table of how things are written has in a column, with a field to try it on."""
    table = PAGE.split("How each is written:")[1]
    columns = {"dates": "due_date", "amounts": "net_value"}
    for row in re.findall(r"^\| (?!fields|---|all)(.+)\|$", table, re.MULTILINE):
        cells = [cell.strip() for cell in row.split("|")]
        field = columns.get(cells[0], cells[0].strip("`"))
        yield from ((field, text) for text in re.findall("`([^`]{2,}|[01])`", cells[column]))


@pytest.mark.parametrize(("field", "text"), list(ways(1)))
def test_what_is_said_to_be_read_is_read(field: str, text: str) -> None:
    assert READERS[field](text) is not None


@pytest.mark.parametrize(("field", "text"), list(ways(2)))
def test_what_is_said_not_to_be_read_is_not_read(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is no date|may be thousands"):
        READERS[field](text)
