from __future__ import annotations

import pytest

from ingestd.admin.doctor.finding import Finding, Level, fail, ok, refused, warn, worst
from ingestd.errors import SettingsError

OK, WARN, FAIL = ok("a", "It is."), warn("b", "It may.", "Look."), fail("c", "It is not.", "Mend.")


@pytest.mark.parametrize(
    ("findings", "level"),
    [
        ([], Level.OK),
        ([OK, OK], Level.OK),
        ([OK, WARN, OK], Level.WARN),
        ([WARN, FAIL, OK], Level.FAIL),
    ],
)
def test_the_worst_of_the_findings_is_how_all_stands(findings: list[Finding], level: Level) -> None:
    assert worst(findings) is level


def test_each_line_of_an_error_is_a_finding_with_its_hint() -> None:
    error = SettingsError("a is no setting.\nb is missing.", hint="Read the example.")

    assert list(refused("settings", error, "Do something else.")) == [
        fail("settings", "a is no setting.", "Read the example."),
        fail("settings", "b is missing.", "Read the example."),
    ]


def test_an_error_without_a_hint_has_the_cure_that_is_given() -> None:
    (found,) = refused("account", SettingsError("It went wrong."), "Check it.")

    assert found.cure == "Check it."
