"""Looking at what may hang: a share, a server. Whoever is sent does not keep the others waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from ingestd.admin.doctor.finding import Finding, fail, refused
from ingestd.errors import IngestdError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PATIENCE = 10.0
"""Seconds: a disk that was asleep answers within that, a dead mount never."""
MOUNT_AGAIN = "Check the disk or the server it lies on, and mount it again if need be."


class Silent(Exception):
    """There was no answer in time."""


class Errand(Generic[T_co]):
    """A look on a thread of its own, which is left behind where it hangs."""

    def __init__(
        self,
        look: Callable[[], T_co],
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin it.

        :param patience: seconds from now that it may take.
        """
        self._look = look
        self._clock = clock
        self._until = clock() + patience
        self._seen: Future[T_co] = Future()
        threading.Thread(target=self._run, name="doctor", daemon=True).start()

    def result(self) -> T_co:
        """What was seen; raises what the look raised, and `Silent` where it did not come back."""
        try:
            return self._seen.result(max(0.0, self._until - self._clock()))
        except TimeoutError:
            if self._seen.done():  # the look's own
                raise
            raise Silent from None

    def _run(self) -> None:
        try:
            self._seen.set_result(self._look())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            self._seen.set_exception(error)


def came_back(
    errand: Errand[T], subject: str, what: str, cure: str = MOUNT_AGAIN
) -> tuple[T | None, list[Finding]]:
    """What was seen, or else what is to be said of it.

    :param what: what was looked at, for the beginning of a sentence.
    :param cure: what to do where it does not answer, or cannot be looked at.
    """
    try:
        return errand.result(), []
    except Silent:
        return None, [
            fail(subject, f"{what} does not answer: whatever is asked of it hangs.", cure)
        ]
    except IngestdError as error:
        return None, list(refused(subject, error, otherwise=cure))
    except OSError as error:
        return None, [fail(subject, f"{what} cannot be looked at: {error.strerror}.", cure)]
