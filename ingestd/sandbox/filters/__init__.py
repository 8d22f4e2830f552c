r"""The `filter` parameter: read, checked, and turned into a condition on the invoices.

The page names fields, operators and special values but no grammar. What this sandbox takes it
to be (a client that stays within it cannot rely on anything that the page denies):

*Readable form.* `field operator value` or, for the tests of presence, `field isnull`. Conditions
are joined by `and` and `or`, of which `and` binds tighter, and grouped by parentheses. Operators
are the page's words and the symbols `= != < <= > >=`; words may be in any case. A value is a bare
word (anything without spaces, quotes, commas, parentheses or brackets: `Invoice`, `119.19`,
`2024-01-31T10:00:00Z`, `today-30d`) or a text in `"…"` or `'…'`, in which a backslash makes the
next character stand for itself, nothing more: `\n` is an n. `in` and `nin` take a list `(a, b)` or
`[a, b]`, which is never empty, the other operators one value.

*JSON form.* It begins with `{` or `[`. A condition is `{"field": …, "operator": …, "value": …}`,
without `value` for the tests of presence and with an array for `in` and `nin`; `{"and": […]}` and
`{"or": […]}` join, and a bare array joins by and.

*Meaning.* Text is compared exactly by `eq`, `ne`, `in`, `nin`; without regard to the case of ASCII
letters by `contains`, `startswith`, `endswith` and `like`, whose `%` and `_` are wildcards and
which covers the whole text. String operators see amounts with two decimals: `100.00`. A date
without a time, and `today`, mean the whole day under every operator (`gt` is after its end); `now`,
`sow`, `eow`, `som` and `eom` are seconds; weeks begin on Monday; all is UTC. Special values are
special on dates and ids only, quoted or not. As in SQL, a null field fulfils no comparison, not
even `ne`. Enums take only their own words. Unknown ids are not an error: they match nothing.

A filter is at most 10,000 characters and 50 levels deep.
"""

from __future__ import annotations

from datetime import datetime

from ingestd.sandbox.errors import invalid
from ingestd.sandbox.filters.conditions import BadFilter, Context, Node
from ingestd.sandbox.filters.json_form import read_json_form
from ingestd.sandbox.filters.readable_form import read_readable_form
from ingestd.sandbox.filters.translate import translate
from ingestd.sandbox.sql import Sql

__all__ = ["condition_of"]

_LONGEST = 10_000


def condition_of(text: str, *, me: str, now: datetime) -> Sql:
    """Return the condition that a filter stands for.

    Raises:
        Refused: 422 with errors.filter, if it cannot be read or asks for what there is not.
    """
    try:
        return translate(_read(text), Context(me=me, now=now))
    except BadFilter as bad:
        raise invalid({"filter": [f"The filter is invalid: {bad}."]}) from bad


def _read(text: str) -> Node:
    if len(text) > _LONGEST:
        raise BadFilter(f"it is longer than {_LONGEST} characters")
    is_json = text.lstrip().startswith(("{", "["))
    return read_json_form(text) if is_json else read_readable_form(text)
