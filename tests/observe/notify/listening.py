"""A program on this machine that messages are sent to."""

from __future__ import annotations

import json
from typing import Any

from tests.kanbert.servers import Server


def bodies(server: Server) -> list[Any]:
    """The JSON of each request."""
    return [json.loads(heard.partition(b"\r\n\r\n")[2]) for heard in server.heard]


def heads(server: Server) -> list[str]:
    """The first line and headers of each request."""
    return [heard.partition(b"\r\n\r\n")[0].decode() for heard in server.heard]


def paths(server: Server) -> list[str]:
    """What was asked for, by each request."""
    return [head.split(" ")[1] for head in heads(server)]
