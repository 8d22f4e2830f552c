"""The process that works: `python -m ingestd.isolation.child MEMORY SECONDS MODULE …`.

Its standard input is a socket. It says once whether it is ready; then a number of seconds, what is
wanted and a document come in, and an answer goes out, until the other end hangs up.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import socket
import sys
import time

from ingestd.isolation.channel import Channel
from ingestd.isolation.confinement import (
    OUT_OF_MEMORY,
    confine,
    end_after,
    ignore_signals,
    spend_at_most,
)
from ingestd.isolation.task import Module, Task, module_of


def main(memory: int, processor: int, name: str, *arguments: str) -> None:
    """Get ready, and answer until nobody asks any more."""
    ignore_signals()
    logging.disable()  # nobody would see what pypdf has to say of each broken object
    channel = Channel(socket.socket(fileno=0), clock=time.monotonic)
    module = module_of(name)
    try:
        task = _made_ready(module, arguments, memory)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent is to know
        missing = f"; install ingestd[{module.EXTRA}]" if isinstance(error, ImportError) else ""
        cannot = f"{type(error).__name__}: {error}{missing}"
        channel.send(json.dumps({"cannot": cannot}).encode())
        return
    channel.send(json.dumps({"ready": True}).encode())
    try:
        while True:
            _answer_one(channel, task, processor)
    except (EOFError, ConnectionError):
        pass  # the parent closed it, or is gone
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _made_ready(module: Module, arguments: tuple[str, ...], memory: int) -> Task:
    task = module.task(*arguments)
    task.rehearse()  # loads what is loaded on first use
    confine(memory=memory)
    task.rehearse()  # nothing is left that would have to be opened
    gc.freeze()  # what was loaded stays: collecting after each document need not look at it
    return task


def _answer_one(channel: Channel, task: Task, processor: int) -> None:
    seconds = float(channel.receive())
    end_after(seconds)
    spend_at_most(processor)
    wanted = channel.receive().decode()
    answer = task(channel.receive(), wanted)
    end_after(0)
    channel.send(answer)
    # parsers' objects refer to each other, and a document's bytes hang on them
    gc.collect()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
