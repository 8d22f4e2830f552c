"""The filter's readable form: `title contains "Acme" and (sum_net >= 100 or due_date isnull)`."""

from __future__ import annotations

import re
from typing import Any, Final

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from ingestd.sandbox.filters.conditions import BadFilter, Condition, Group, Node

_GRAMMAR: Final = r"""
    ?start: either
    ?either: both (_OR both)*
    ?both: single (_AND single)*
    ?single: condition | "(" either ")"
    condition: FIELD PRESENCE        -> presence
             | FIELD OPERATOR _value -> comparison
    _value: text | list
    list: "(" text ("," text)* ")" | "[" text ("," text)* "]"
    text: BARE | QUOTED

    _OR.2: /or\b/i
    _AND.2: /and\b/i
    FIELD: /[A-Za-z_][A-Za-z0-9_.]*/
    PRESENCE.2: /(isnull|isnotnull|notnull)\b/i
    OPERATOR: /[A-Za-z_]+|[=!<>]+/
    QUOTED: /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/s
    BARE: /[^\s,"'()\[\]]+/

    %ignore /\s+/
"""

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@v_args(inline=True)
class _Reading(Transformer[Token, Node]):
    """Builds conditions while the text is parsed."""

    def either(self, *members: Node) -> Node:
        return Group("OR", members)

    def both(self, *members: Node) -> Node:
        return Group("AND", members)

    def presence(self, field: Token, operator: Token) -> Node:
        return Condition(str(field), str(operator))

    def comparison(self, field: Token, operator: Token, value: Any) -> Node:
        return Condition(str(field), str(operator), value)

    def list(self, *items: str) -> tuple[str, ...]:
        return items

    def text(self, token: Token) -> str:
        return _ESCAPED.sub(r"\1", token[1:-1]) if token.type == "QUOTED" else str(token)


# The contextual lexer tells a field from an operator from a bare value by what may stand where.
_PARSER: Final = Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Reading())


def read_readable_form(text: str) -> Node:
    """Return what the filter says.

    Raises:
        BadFilter: it cannot be read, with the place where reading stopped.
    """
    try:
        # With a transformer, lark returns what the transformer made, not the tree it declares.
        node: Any = _PARSER.parse(text)
    except UnexpectedInput as unexpected:
        raise BadFilter(f"it cannot be read at {_place_of(unexpected)}") from unexpected
    return node  # type: ignore[no-any-return]


def _place_of(unexpected: UnexpectedInput) -> str:
    if isinstance(unexpected, UnexpectedToken) and unexpected.token.type == "$END":
        return "its end"
    return f"character {(unexpected.pos_in_stream or 0) + 1}"
