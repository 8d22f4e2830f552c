"""Where tests have a log written to."""

from __future__ import annotations

import io
import json
from typing import Any


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was logged as JSON."""
    return [json.loads(line) for line in stream.getvalue().split("\n")[:-1]]
