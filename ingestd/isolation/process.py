"""A process that works on documents, seen from the one that starts it."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ingestd.isolation.channel import Channel
from ingestd.isolation.confinement import OUT_OF_MEMORY

GRACE = 5.0
"""Seconds that a child is given to end itself when its time is over."""

_GREETING = 64 * 1024  # bytes
_REAP = 1.0  # seconds for the kernel to end what was killed
_HANDED_ON = frozenset({"PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "TZ"})


class Lost(Exception):
    """A child is of no use any more; the message says why, as the rest of a sentence."""


def nonsense(error: ValueError) -> str:
    """Why a child is lost that answered something that is no answer."""
    return f"it answered nonsense ({error})"


def command_for(module: str, *arguments: str, memory: int, processor: int) -> Sequence[str]:
    """The command of a child that does a module's task, see `task.Module`.

    :param memory: bytes, see `confinement.confine`.
    :param processor: seconds, see `confinement.spend_at_most`.
    """
    # -P: the folder it is started in must not lend it any modules
    python = [sys.executable, "-P", "-m", "ingestd.isolation.child"]
    return [*python, str(memory), str(processor), module, *arguments]


def bare(environment: Mapping[str, str]) -> dict[str, str]:
    """What a child needs of its parent's environment: no settings, and no secrets."""
    kept = {name: value for name, value in environment.items() if name in _HANDED_ON}
    localised = {name: value for name, value in environment.items() if name.startswith("LC_")}
    # it is started in another folder
    modules = [str(Path(entry).absolute()) for entry in sys.path if entry]
    return {**kept, **localised, "PYTHONPATH": os.pathsep.join(modules)}


class Child:
    """One such process, from its start to its end. Not for several threads at once, but `kill`."""

    def __init__(self, command: Sequence[str], *, clock: Callable[[], float]) -> None:
        """Start it.

        :raises OSError: the system does not.
        """
        ours, its = socket.socketpair()
        try:
            with its:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    command,
                    stdin=its.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd="/",  # a folder in use could not be unmounted
                    env=bare(os.environ),
                    start_new_session=True,  # Ctrl-C is for the foreground
                )
        except BaseException:
            ours.close()
            raise
        self._channel = Channel(ours, clock=clock)
        self._clock = clock

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def size(self) -> int:
        """Bytes of its address space; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[0]
        except (OSError, IndexError):
            return 0
        return int(pages) * resource.getpagesize()

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def greet(self, *, timeout: float) -> None:
        """Wait until it is ready.

        :raises Lost: it is not, and says why, or does not say anything.
        """
        try:
            word = json.loads(self._channel.receive(longest=_GREETING, until=self._until(timeout)))
        except (OSError, EOFError, ValueError, RecursionError) as error:
            raise Lost(self._what_became_of_it(error, timeout)) from error
        if word != {"ready": True}:
            cannot = word.get("cannot") if isinstance(word, dict) else None
            raise Lost(str(cannot or "it does not say that it is ready"))

    def ask(self, document: bytes, wanted: str, *, longest: int, timeout: float) -> bytes:
        """Have it work on a document.

        :param longest: bytes of an answer.
        :raises Lost: the child did not survive it, took too long, or said too much.
        """
        until = self._until(timeout + GRACE)
        try:
            for part in (repr(timeout).encode(), wanted.encode(), document):
                self._channel.send(part, until=until)
            return self._channel.receive(longest=longest, until=until)
        except (OSError, EOFError, ValueError) as error:
            raise Lost(self._what_became_of_it(error, timeout)) from error

    def kill(self) -> None:
        """End it, from whatever thread; who waits for its answer gets `Lost`."""
        self._process.kill()

    def end(self) -> None:
        """End it, and leave nothing of it behind."""
        self._channel.close()
        self._process.kill()
        # one that the kernel does not let go is looked after by subprocess, when the next starts
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP)

    def _until(self, timeout: float) -> float:
        return self._clock() + timeout

    def _what_became_of_it(self, error: Exception, timeout: float) -> str:
        if isinstance(error, TimeoutError):
            return f"it took longer than {timeout:g} s"
        if isinstance(error, ValueError):
            return nonsense(error)
        try:
            return _meaning_of(self._process.wait(_REAP), timeout)
        except subprocess.TimeoutExpired:
            return "it hung up"


def _meaning_of(status: int, timeout: float) -> str:
    if status == -signal.SIGALRM:
        return f"it took longer than {timeout:g} s"
    if status == -signal.SIGXCPU:
        return "it took more processor time than it is given"
    if status == OUT_OF_MEMORY:
        return "it needed more memory than it is given"
    return f"it ended with signal {-status}" if status < 0 else f"it ended with status {status}"
