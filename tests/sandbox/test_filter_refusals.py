from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingestd.sandbox import ME
from ingestd.sandbox.errors import Refused
from ingestd.sandbox.filters import condition_of
from tests.sandbox.running import Running, errors_of

_NOW = datetime(2024, 3, 13, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("client.name eq x", "unknown field client.name"),
        ("deleted_at isnull", "unknown field deleted_at"),
        ("title matches x", "title has no operator matches"),
        ("title > x", "title has no operator >"),
        ("type contains x", "type has no operator contains"),
        ("supplier.id gt x", "supplier.id has no operator gt"),
        ("due_date like x", "due_date has no operator like"),
        ("type eq Bill", "type is one of Invoice, Credit"),
        ("sum_net eq much", "sum_net is compared with an amount"),
        ("sum_net eq 1e99", "sum_net is compared with an amount"),
        ("sum_net eq 1.005", "sum_net has two decimals at most"),
        ("due_date eq yesterday", "due_date is compared with a date"),
        ("due_date eq 2024-02-30", "due_date is compared with a date"),
        ("due_date eq today-999999d", "due_date is compared with a date"),
        ("due_date eq today+1w", "due_date is compared with a date"),
        ("title eq (a, b)", "eq takes one value"),
        ("title in a", "in takes a list of at least one value"),
        ("title in ()", "it cannot be read at character 11"),
        ("title isnull x", "it cannot be read at character 14"),
        ("title eq", "it cannot be read at its end"),
        ("title", "it cannot be read at its end"),
        ("title eq a b", "it cannot be read at character 12"),
        ("title eq a and", "it cannot be read at its end"),
        ("(title eq a", "it cannot be read at its end"),
        ("title eq a)", "it cannot be read at character 11"),
        ('title eq "a', "it cannot be read at character 10"),
        ("title eq a; DROP TABLE invoices", "it cannot be read at character 13"),
        ("{", "it is no valid JSON"),
        ("[]", "a group is an array of at least one condition"),
        ('{"and": {}}', "a group is an array of at least one condition"),
        ("[1]", "a condition is an object with field, operator and value"),
        ('{"field": "title"}', "a condition is an object with field, operator and value"),
        (
            '{"field": "title", "op": "eq", "operator": "eq", "value": "x"}',
            "a condition is an object with field, operator and value",
        ),
        ('{"field": "title", "operator": "eq", "value": true}', "a value is a text or a number"),
        ('{"field": "title", "operator": "eq", "value": "\\ud800"}', "a value is a text or a"),
        ('{"field": "title", "operator": "eq", "value": null}', "eq takes one value"),
        ('{"field": "title", "operator": "in", "value": []}', "in takes a list of at least one"),
        ('{"field": "title", "operator": "isnull", "value": 1}', "isnull takes no value"),
        ('{"field": "sum_net", "operator": "eq", "value": NaN}', "NaN is no number"),
        ("title eq " + "x" * 10_000, "it is longer than 10000 characters"),
        ("[" * 60 + '{"field": "title", "operator": "isnull"}' + "]" * 60, "more than 50 levels"),
        ("[" * 9_000, "it is no valid JSON"),
    ],
)
def test_a_filter_that_cannot_be_followed_is_refused_with_the_reason(
    text: str, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        condition_of(text, me=ME, now=_NOW)

    (complaint,) = (refused.value.errors or {})["filter"]
    assert reason in complaint


def test_a_filter_that_is_refused_is_answered_with_422(sandbox: Running) -> None:
    answer = sandbox.listed(filter="client.name eq x")

    assert errors_of(answer) == {"filter": ["The filter is invalid: unknown field client.name."]}
