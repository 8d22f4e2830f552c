"""A lane whose documents Kanbert refuses, by a setting's fault and by that of their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingestd.describe import NamePattern, Rules
from ingestd.describe.search import search
from ingestd.model import Outcome
from tests.daemon.carrying import Carrying
from tests.workbench import Bench

BY_NAME = NamePattern("^(?P<supplier_id>[a-z]+)_", search)


def refused(bench: Bench, rules: Rules, *names: str) -> Carrying:
    """Carry documents that Kanbert refuses."""
    carrying = Carrying(bench, replace(bench.stages, rules=rules))
    carrying.drop(*names)
    carrying.start()
    carrying.wait_for(lambda: len(carrying.filed) == len(names))
    carrying.end()
    assert {document.outcome for document in carrying.filed} == {Outcome.FAILED}
    return carrying


@pytest.mark.parametrize(
    "rules",
    [Rules({"supplier_id": "nobody"}), Rules({"supplier_id": "nobody"}, pattern=BY_NAME)],
    ids=["nothing else says it", "what else would does not match"],
)
def test_a_setting_that_three_documents_are_refused_for_is_suspected(
    bench: Bench, rules: Rules
) -> None:
    carrying = refused(bench, rules, "1.pdf", "2.pdf", "3.pdf")

    assert "inboxes.scanner.fields.supplier_id" in carrying.lane.suspect


def test_a_setting_is_not_suspected_for_what_the_names_said_instead(bench: Bench) -> None:
    rules = Rules({"supplier_id": "7"}, pattern=BY_NAME)

    carrying = refused(bench, rules, "nobody_1.pdf", "nobody_2.pdf", "nobody_3.pdf")

    assert carrying.lane.suspect == ""
