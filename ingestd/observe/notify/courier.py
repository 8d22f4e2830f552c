"""Carries messages to one channel on a thread of its own, so that nobody waits for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    wait_chain,
    wait_fixed,
)

from ingestd.observe.logs import Log
from ingestd.observe.notify.attempt import LONGEST_TRY, Attempt
from ingestd.observe.notify.channel import Channel, NotSent

Carried = TypeVar("Carried")

WAITS = (5.0, 20.0, 60.0, 180.0)
"""Seconds between the tries of one message."""
MOST_WAITING = 50
"""Messages; the oldest give way to newer ones, which say how things stand."""


class Courier(Generic[Carried]):
    """One channel's; anybody may post."""

    def __init__(
        self,
        channel: Channel[Carried],
        log: Log,
        *,
        waits: Sequence[float] = WAITS,
        longest_try: float = LONGEST_TRY,
        most: int = MOST_WAITING,
        title: Callable[[Carried], str] = lambda _: "",
    ) -> None:
        """Make one that has nothing to carry; its thread begins with the first message.

        :param title: what the log calls one that did not arrive. Empty: it is not said of each, but
            once until something arrives again.
        """
        self._channel = channel
        self._log = log
        self._waits = waits
        self._longest_try = longest_try
        self._title = title
        self._most = most
        self._posted: deque[Carried] = deque()
        self._in_hand: list[Carried] = []
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._under_way: Attempt[Carried] | None = None
        self._lost = False
        self._last = False
        """Whether this is the last try, as the end had been asked for before it."""

    def post(self, what: Carried) -> None:
        """Have it carried; returns at once."""
        with self._changed:
            self._posted.append(what)
            displaced = [self._posted.popleft()] if len(self._posted) > self._most else []
            self._changed.notify()
            if self._thread is None:
                name = f"notify {self._channel.name}"
                self._thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._thread.start()
        self._say_of_each(displaced, "Too much was waiting to be sent")

    def finish(self) -> None:
        """Try once more what was posted, without waiting in between, and end."""
        self._closing.set()
        with self._changed:
            self._changed.notify()

    def join(self, seconds: float) -> None:
        """Wait until that is done, so long at most."""
        if self._thread is not None:
            self._thread.join(seconds)

    def let_go(self) -> None:
        """Say what has not arrived by now; but for what is being sent, it is not tried any more."""
        with self._changed:
            left = [*self._in_hand, *self._posted]
            self._in_hand.clear()
            self._posted.clear()
        self._say_of_each(left, "It was not sent in time")

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._posted or self._closing.is_set())
                if not self._posted:
                    return
                what = self._posted.popleft()
                self._in_hand = [what]
            self._carry(what)

    def _carry(self, what: Carried) -> None:
        tries = Retrying(
            retry=retry_if_exception(_may_pass),
            stop=self._enough,
            wait=wait_chain(*map(wait_fixed, self._waits)) if self._waits else wait_fixed(0),
            sleep=sleep_using_event(self._closing),
            reraise=True,
        )
        try:
            tries(self._try, what)
        except NotSent as error:
            if self._put_down():
                self._say(error, what)
        else:
            self._put_down()
            self._lost = False

    def _enough(self, state: RetryCallState) -> bool:
        let_go = not self._in_hand
        return self._last or let_go or state.attempt_number > len(self._waits)

    def _put_down(self) -> bool:
        """Have in hand no more what was; whether it was still, as it was not let go of."""
        with self._changed:
            was_there = bool(self._in_hand)
            self._in_hand.clear()
        return was_there

    def _say(self, error: NotSent, what: Carried) -> None:
        title = self._title(what)
        if title or not self._lost:
            self._lost = True
            self._log.warning(
                "notification.failed",
                channel=self._channel.name,
                message=title,
                error=f"{error}.",
                hint="`ingestd notify --test` tries the settings in [notify].",
            )

    def _say_of_each(self, lost: Iterable[Carried], why: str) -> None:
        for what in filter(self._title, lost):
            self._say(NotSent(why), what)

    def _try(self, what: Carried) -> None:
        """Send it; at most one attempt is left behind."""
        self._last = self._closing.is_set()
        if self._under_way is not None and self._under_way.goes_on:
            raise NotSent("What was sent before still hangs")
        self._under_way = Attempt(self._channel, what)
        lost = self._under_way.lost(self._longest_try)
        if lost is not None:
            raise lost


def close(couriers: Iterable[Courier[Carried]], seconds: float, clock: Callable[[], float]) -> None:
    """Let all of them end at the same time, and wait so long at most for the last."""
    ending = list(couriers)
    for courier in ending:
        courier.finish()
    until = clock() + seconds
    for courier in ending:
        courier.join(max(until - clock(), 0.0))
    for courier in ending:
        courier.let_go()


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, NotSent) and not error.lasting
