"""Reading TOML, and naming a key that is in it twice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

_TWICE = "Cannot overwrite a value"
_LINE = re.compile(r"\(at line (\d+),")
_AROUND = " \t\"'"
_KEY = re.compile(r"^[ \t]*([^\s=#\[][^=\n]*)=", re.MULTILINE)


def parsed(text: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Read TOML; `parse_float` as tomllib's.

    :raises ValueError: tomllib's, or with the key that has a value already, of which tomllib tells
        only where its second value ends.
    """
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        if str(error).startswith(_TWICE) and (told := _given_again(text, str(error))):
            raise ValueError(told) from error
        raise


def _given_again(text: str, error: str) -> str:
    """Say which key was given a value again; empty where it was no key, but a table."""
    ends = _LINE.search(error)
    read = "\n".join(text.split("\n")[: int(ends[1])]) + "\n" if ends else text
    *_, last = (None, *_KEY.finditer(read))
    if last is None or not _is_one_setting(read[last.start() :]):
        return ""
    line = read.count("\n", 0, last.start()) + 1
    return f'"{last[1].strip(_AROUND)}" has a value already (at line {line})'


def _is_one_setting(text: str) -> bool:
    """Whether it is a key with its value, and nothing that only looks so in a longer text."""
    try:
        return len(tomllib.loads(text)) == 1
    except ValueError:
        return False
