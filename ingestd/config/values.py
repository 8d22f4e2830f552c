"""Durations and sizes as people write them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

_UNITS_OF_TIME = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS_OF_SIZE = {
    "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3
}  # fmt: skip


def seconds(text: object) -> float:
    """Read `500ms`, `2s`, `10m`, `1h`, `1d`, or several together: `1h30m`.

    :raises ValueError: with a sentence for whoever wrote the settings.
    """
    if isinstance(text, str):
        written = text.replace(" ", "")
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", written)
        if parts and "".join(number + unit for number, unit in parts) == written:
            return float(sum(float(number) * _UNITS_OF_TIME[unit] for number, unit in parts))
    raise ValueError(f'{_shown(text)} is not a duration; write it like "500ms", "2s", "10m", "1h"')


def octets(text: object) -> int:
    """Read `15MB`, `500 KB`, `2GiB` as bytes.

    :raises ValueError: with a sentence for whoever wrote the settings.
    """
    if isinstance(text, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*((?:[KMG]I?)?B)", text.strip().upper())
        if match:
            return int(float(match[1]) * _UNITS_OF_SIZE[match[2]])
    raise ValueError(f'{_shown(text)} is not a size; write it like "15MB" or "500KB"')


def octets_or_none(text: object) -> int:
    """Read a size as `octets` does; empty is 0, for no limit.

    :raises ValueError: with a sentence for whoever wrote the settings.
    """
    return 0 if text == "" else octets(text)


def sidecars(given: object) -> object:
    """Read `true`, `false` or `"required"`; from the environment all three are texts.

    :raises ValueError: with a sentence for whoever wrote the settings.
    """
    if isinstance(given, str):
        given = {"true": True, "false": False}.get(given.lower(), given)
    if isinstance(given, bool) or given == "required":
        return given
    raise ValueError(f'{_shown(given)} is none of true, false and "required"')


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


Duration = Annotated[float, BeforeValidator(seconds)]
"""Seconds, written as text with a unit."""

Wait = Annotated[Duration, Field(gt=0)]
"""Seconds of a wait that must be one: none at all would be a busy loop, or no chance."""

Size = Annotated[int, BeforeValidator(octets)]
"""Bytes, written as text with a unit."""

SizeOrNone = Annotated[int, BeforeValidator(octets_or_none)]
"""Bytes, written as text with a unit; 0, written as an empty text, where there is no limit."""

Sidecars = Annotated[bool | Literal["required"], BeforeValidator(sidecars)]
"""Whether documents have sidecars, or must have one."""
