"""Searching in a process of its own, which can be ended.

A regular expression can take for ever on a name that somebody made for that, and Python's `re`
neither stops nor lets another thread run meanwhile: the whole daemon would stand still.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from ingestd.describe import search

_COMMAND = [sys.executable, "-I", "-S", search.__file__]
_ENDS_US = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class TookTooLong(Exception):
    """A search was given up."""


def start() -> subprocess.Popen[str]:
    """Start a process that searches."""
    # systemd and a terminal end all processes of ours at once, and documents that are under way
    # still need this one: it inherits that these signals are blocked
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS_US)
    try:
        return subprocess.Popen(  # noqa: S603 - our own program; names go through its input
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii"
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class SearchApart:
    """A `Search` that takes seconds at most; its process is started on first need."""

    def __init__(self, start: Callable[[], subprocess.Popen[str]] = start) -> None:
        self._start = start
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def __call__(self, expression: str, texts: Sequence[str]) -> search.Found | None:
        """Find an expression in the first of the texts that it is in.

        :raises TookTooLong: after `search.LONGEST` of computing.
        :raises OSError: if no process can be started.
        """
        question = json.dumps([expression, texts])
        with self._lock:
            answer = self._ask(question)
        found = json.loads(answer)
        if found is None:
            return None
        text, spans = found
        return search.Found(text, {name: (start, end) for name, (start, end) in spans.items()})

    def _ask(self, question: str) -> str:
        process = self._running()
        assert process.stdin
        assert process.stdout
        process.stdin.write(question + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            self._end()
            raise TookTooLong
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            self._end()  # something ended it while nobody needed it
        if self._process is None:
            self._process = self._start()
        return self._process

    def close(self) -> None:
        """End the process; a further search starts another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.communicate()  # there is nothing more to ask, so it ends
