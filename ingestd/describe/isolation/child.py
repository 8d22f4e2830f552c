"""The process that reads: `python -m ingestd.describe.isolation.child MODULE MEMORY`.

Its standard input is a socket. It says once whether it is ready; then a number of seconds and a
document come in, and an answer goes out, until the other end hangs up.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import socket
import sys
import time

from ingestd.describe.isolation.answering import Mapper, answer_to
from ingestd.describe.isolation.channel import Channel
from ingestd.describe.isolation.confinement import OUT_OF_MEMORY, confine, end_after, ignore_signals
from ingestd.describe.isolation.rehearsal import rehearse


def main(module: str, memory: int) -> None:
    """Get ready, and answer until nobody asks any more."""
    ignore_signals()
    logging.disable()  # nobody would see what pypdf has to say of each broken object
    channel = Channel(socket.socket(fileno=0), clock=time.monotonic)
    try:
        mapper = _made_ready(module, memory)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent is to know
        missing = "; install ingestd[einvoice]" if isinstance(error, ImportError) else ""
        cannot = f"{type(error).__name__}: {error}{missing}"
        channel.send(json.dumps({"cannot": cannot}).encode())
        return
    channel.send(json.dumps({"ready": True}).encode())
    try:
        while True:
            _answer_one(channel, mapper)
    except (EOFError, ConnectionError):
        pass  # the parent closed it, or is gone
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _made_ready(module: str, memory: int) -> Mapper:
    mapper = Mapper.of(module)
    rehearse(mapper)  # loads what is loaded on first use
    confine(memory=memory)
    rehearse(mapper)  # nothing is left that would have to be opened
    gc.freeze()  # what was loaded stays: collecting after each document need not look at it
    return mapper


def _answer_one(channel: Channel, mapper: Mapper) -> None:
    seconds = float(channel.receive())
    end_after(seconds)
    answer = answer_to(channel.receive(), mapper)
    end_after(0)
    channel.send(answer)
    # pypdf's objects refer to each other, and a document's bytes hang on them
    gc.collect()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
