"""What the child answers: one line of JSON, and behind it the smaller copy, if there is one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

LONGEST_HEAD = 4096
"""Bytes of what stands before the copy."""

_LONGEST_WHY = 500  # characters: it is for a person


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A smaller copy of a document."""

    data: bytes = field(repr=False)
    dpi: int
    """What its images have at least, as large as they are drawn, unless they had less before."""
    quality: int
    """Of their JPEG."""


@dataclass(frozen=True, slots=True)
class NotShrunk:
    """There is no copy that fits."""

    why: str
    """A sentence for a person. Anybody's text."""


class Unshrinkable(Exception):
    """A document of which no copy can be made that fits; the message says why, to a bookkeeper."""


def written(answer: Shrunk | NotShrunk) -> bytes:
    """An answer as it is sent."""
    if isinstance(answer, NotShrunk):
        return json.dumps({"why": answer.why[:_LONGEST_WHY]}).encode() + b"\n"
    head = json.dumps({"dpi": answer.dpi, "quality": answer.quality}).encode()
    return head + b"\n" + answer.data


def understood(said: bytes) -> Shrunk | NotShrunk:
    """Understand an answer.

    :raises ValueError: it is none.
    """
    head, _, data = said.partition(b"\n")
    try:
        match json.loads(head[:LONGEST_HEAD]):
            case {"why": str(why)} if why:
                return NotShrunk(why[:_LONGEST_WHY])
            case {"dpi": int(dpi), "quality": int(quality)} if data.startswith(b"%PDF-"):
                return Shrunk(data, dpi, quality)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    raise ValueError("no answer")
