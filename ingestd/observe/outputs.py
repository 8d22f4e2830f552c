"""Where log lines go: each place in its own format, and no secret to any of them."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import Any, Protocol

Event = MutableMapping[str, Any]
Render = Callable[[Event], str]

_CREDENTIALS = re.compile(r"\b(bearer|basic)((?:\s|\\+[tnr])+)[^\s\"'\\,;]+", re.IGNORECASE)
_HIDDEN = "[hidden]"


class Sink(Protocol):
    """What text is written to: a stream or a `log_file.LogFile`."""

    def write(self, text: str, /) -> object:
        """Write text."""

    def flush(self) -> object:
        """Write it through."""


class Outputs:
    """Every place that lines go to; the last place a secret could pass, and does not."""

    def __init__(
        self, outputs: Sequence[tuple[Sink, Render]], secrets: Callable[[], Iterable[str]]
    ) -> None:
        self._outputs = outputs
        self._secrets = secrets
        self._lock = threading.Lock()

    def _write(self, event: Event) -> None:
        with self._lock:
            secrets = [secret for secret in self._secrets() if secret]
            for sink, render in self._outputs:
                line = _without(secrets, render(dict(event)))
                encoding = getattr(sink, "encoding", None) or "utf-8"
                with contextlib.suppress(OSError):  # a full disk for logs stops no delivery
                    sink.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
                    sink.flush()

    debug = info = warning = error = critical = exception = _write


def _without(secrets: Iterable[str], line: str) -> str:
    spelled = {way for secret in secrets for way in _ways_to_spell(secret)}
    for way in sorted(spelled, key=len, reverse=True):  # one may hold another
        line = line.replace(way, _HIDDEN)
    return _CREDENTIALS.sub(rf"\1\2{_HIDDEN}", line)


def _ways_to_spell(secret: str) -> Iterator[str]:
    """As it is, as Python quotes it (in lists and tracebacks), and each of them within JSON."""
    for text in (secret, repr(secret)[1:-1]):
        yield text
        yield json.dumps(text)[1:-1]
