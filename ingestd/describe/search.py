"""Where in a name a pattern's named groups are. Also a program of its own: see `search_apart`."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

LONGEST = 1.0
"""Seconds of computing that one search may take; they usually take microseconds."""


class Found(NamedTuple):
    """A text in which a pattern was found."""

    text: str
    spans: Mapping[str, tuple[int, int]]
    """By the names of the groups that took part, from where to where they are."""


Search = Callable[[str, Sequence[str]], Found | None]
"""Finds a regular expression in the first of some texts that it is in."""


def search(expression: str, texts: Sequence[str]) -> Found | None:
    """Find it here, however long that takes: an expression like `(a+)+$` can take for ever."""
    pattern = re.compile(expression)
    for text in texts:
        if match := pattern.search(text):
            spans = {name: match.span(name) for name in pattern.groupindex}
            return Found(text, {name: span for name, span in spans.items() if span != (-1, -1)})
    return None


def main() -> None:
    """Answer searches, one a line, until there are no more; end within one that takes too long."""
    for line in sys.stdin:
        expression, texts = json.loads(line)
        signal.setitimer(signal.ITIMER_PROF, LONGEST)  # its signal ends the process
        found = search(expression, texts)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
