"""A bug that ends whoever answers."""

from __future__ import annotations

import asyncio
import sys
import threading

from starlette.types import Receive, Scope, Send

from tests.web.asking import PATIENCE, connect


async def ends(scope: Scope, receive: Receive, send: Send) -> None:
    """End whoever serves this: only what ends the interpreter passes asyncio's loop."""
    del scope, receive, send
    asyncio.get_running_loop().call_soon(sys.exit, "a bug")


def web_thread() -> threading.Thread:
    """Who answers."""
    return next(one for one in threading.enumerate() if one.name == "web")


def end(url: str) -> None:
    """Ask what `ends`, and wait until it did."""
    thread = web_thread()
    with connect(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        thread.join(PATIENCE)
