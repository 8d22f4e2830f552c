"""One try to send something, on a thread that can be left behind: an answer may drip for ever."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

from ingestd.errors import IngestdError
from ingestd.observe.notify.channel import Channel, NotSent

Carried = TypeVar("Carried")

LONGEST_TRY = 60.0
"""Seconds; an answer that drips, or a name that nobody resolves, may take for ever."""


class Attempt(Generic[Carried]):
    """Something that is being sent on a channel."""

    def __init__(self, channel: Channel[Carried], what: Carried) -> None:
        """Begin."""
        self._channel = channel
        self._what = what
        self._ended: list[NotSent | None] = []
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
        self._thread.start()

    @property
    def goes_on(self) -> bool:
        """Whether it has not come to an end."""
        return self._thread.is_alive()

    def lost(self, longest: float = LONGEST_TRY) -> NotSent | None:
        """Wait so many seconds at most; why it did not arrive, or None."""
        self._thread.join(longest)
        if not self._ended:
            return NotSent(f"It did not answer within {longest:.0f} seconds")
        return self._ended[0]

    def _run(self) -> None:
        self._ended.append(_sent(self._channel, self._what))


def _sent(channel: Channel[Carried], what: Carried) -> NotSent | None:
    try:
        channel.send(what)
    except NotSent as error:
        return error
    except IngestdError as error:
        return NotSent(str(error).rstrip("."), lasting=True)
    except Exception as error:  # noqa: BLE001 - of a hundred services, each with code of its own
        return NotSent(f"It failed with {type(error).__name__}", lasting=True)
    return None
