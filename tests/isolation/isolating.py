"""Work in isolation that is whatever a test wants."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ingestd.isolation import Isolated, Limits, Unanswered
from tests.isolation.ordered import MODULE

AMPLE = 60.0
"""Seconds: reached only where something hangs that must not."""

WORK = "obeys orders"
LIMITS = Limits(memory=512 << 20, grown=128 << 20, longest=64 << 10, processor=60)

IMPOSTOR = """
import json, os, signal, socket, struct, sys
channel = socket.socket(fileno=0)
word = json.dumps({"ready": True}).encode()
channel.sendall(struct.pack("!I", len(word)) + word)
"""


def obeying(module: str = MODULE, limits: Limits = LIMITS) -> Isolated[Any]:
    return Isolated.doing(WORK, module, understand=json.loads, limits=limits)


def started_as(
    command: Sequence[str], clock: Callable[[], float] = time.monotonic
) -> Isolated[Any]:
    return Isolated(WORK, command, understand=json.loads, limits=LIMITS, clock=clock)


def impostor(then: str, *arguments: str) -> list[str]:
    """A process that says it is ready, and then does something else."""
    return [sys.executable, "-S", "-c", IMPOSTOR + then, *arguments]


def ask(isolated: Isolated[Any], wanted: str, *, timeout: float = AMPLE) -> Any:
    return isolated.ask(b"an order", wanted=wanted, timeout=timeout)


def pid(isolated: Isolated[Any]) -> int:
    return int(ask(isolated, "pid")["pid"])


def why_not(isolated: Isolated[Any], wanted: str = "pid", *, timeout: float = AMPLE) -> str:
    """Why there is no answer."""
    with pytest.raises(Unanswered) as raised:
        ask(isolated, wanted, timeout=timeout)
    return str(raised.value)
