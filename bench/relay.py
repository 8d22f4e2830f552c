"""A line to somewhere far away: every byte comes later, and no more of them than the line carries.

Run it with `python -m bench.relay --to PORT --delay SECONDS --rate BITS`: it prints its own port.
For each line on its standard input it prints, as JSON, what passed since the last one.

What it is not: the path of packets. Nothing is lost, and there is no slow start, by which TCP sends
a new connection's first 200 kB in four or five round trips instead of one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field

_PIECE = 16 * 1024
"""Bytes that one connection sends before it is another's turn: 13 ms of 10 Mbit/s."""
_DEPTH = 0.02
"""Seconds of its rate that a line may make up for, where it was woken too late to use them."""


@dataclass(slots=True)
class Passed:
    """What went over the line."""

    connections: int = 0
    turns: list[float] = field(default_factory=list)
    """When a client spoke after it had been silent: requests, and halves of requests. Seconds."""
    last: float = 0.0
    """When the server was heard last."""
    up: int = 0
    """Bytes to the server."""
    down: int = 0
    """Bytes from it."""
    cpu: float = field(default_factory=time.process_time)

    def told(self) -> str:
        """All of it, as JSON; `cpu` in seconds."""
        return json.dumps({**asdict(self), "cpu": time.process_time() - self.cpu})


class Bucket:
    """Lets through so many bits a second, of all connections and both directions together."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._free_at = 0.0

    async def carry(self, size: int) -> None:
        """Wait until so many bytes are through."""
        if self._rate:
            now = time.monotonic()
            self._free_at = max(self._free_at, now - _DEPTH) + size * 8 / self._rate
            await asyncio.sleep(self._free_at - now)


class Relay:
    """Takes connections, and makes one of its own for each of them."""

    def __init__(self, port: int, *, delay: float, rate: float) -> None:
        """Relay to a port of this machine.

        :param delay: seconds in each direction.
        :param rate: bits a second, or 0 for as many as there are.
        """
        self._port = port
        self._delay = delay
        self._bucket = Bucket(rate)
        self.passed = Passed()
        self._speaking: set[int] = set()  # connections on which the client spoke last

    async def take(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Relay one connection until either side ends it."""
        self.passed.connections += 1
        # the client was connected at once: what a handshake takes is made up for here
        ready = time.monotonic() + 2 * self._delay
        server, forth = await asyncio.open_connection("127.0.0.1", self._port)
        number = id(back)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._direct(client, forth, number, ready=ready, up=True))
                both.create_task(self._direct(server, back, number, ready=0.0, up=False))
        except* OSError:
            pass  # whoever hung up need not be told
        finally:
            self._speaking.discard(number)
            back.close()
            forth.close()

    async def _direct(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        number: int,
        *,
        ready: float,
        up: bool,
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(_arrive(under_way, sink))
        piece = b"more"
        while piece:
            piece = await source.read(_PIECE)
            self._count(piece, number, up=up)
            await self._bucket.carry(len(piece))
            under_way.put_nowait((max(time.monotonic(), ready) + self._delay, piece))
        await arriving

    def _count(self, piece: bytes, number: int, *, up: bool) -> None:
        passed = self.passed
        if not piece:
            return
        if up:
            passed.up += len(piece)
            if number not in self._speaking:
                passed.turns.append(time.monotonic())
            self._speaking.add(number)
        else:
            passed.down += len(piece)
            passed.last = time.monotonic()
            self._speaking.discard(number)


async def _arrive(
    under_way: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter
) -> None:
    """Hand out each piece when it is due, and the end after the last one."""
    piece = b"more"
    while piece:
        due, piece = await under_way.get()
        await asyncio.sleep(due - time.monotonic())
        sink.write(piece)
        await sink.drain()
    sink.close()


async def _serve(given: argparse.Namespace) -> None:
    relay = Relay(given.to, delay=given.delay, rate=given.rate)
    server = await asyncio.start_server(relay.take, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(relay.passed.told(), flush=True)
        relay.passed = Passed()
    os._exit(0)  # with connections open, asyncio would tell of each how it was cut off


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=int, required=True, help="port")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds in each direction")
    parser.add_argument("--rate", type=float, default=0.0, help="bits a second")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
