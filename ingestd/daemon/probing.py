"""When an account that is paused is asked again, and when a run that ends gives it up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ingestd.daemon.announcing import passes
from ingestd.errors import KanbertError

LONGEST_BETWEEN_PROBES = 300.0
"""Seconds; an account that is back after a night is used again within five minutes."""
LONGEST_ASKED = 900.0
"""Seconds of a Retry-After that are honoured."""
BETWEEN_LOOKS = 1.0
"""Seconds between looks for other credentials, and at whether a probe has ended."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why an account is not used, and when it will be asked again; in monotonic seconds."""

    error: KanbertError
    since: float
    probe_at: float
    credentials: object
    """What it was asked with; compares unequal once that was replaced."""

    def is_over(self, now: float, credentials: object) -> bool:
        """Whether it is to be asked again, with the credentials that there are now."""
        return credentials != self.credentials or now >= self.probe_at

    def until_look(self, now: float) -> float:
        """Seconds until it may have to be asked: as planned, or with other credentials.

        What passes by itself is not mended by those, so nobody need look for them every second.
        """
        until_probe = max(0.0, self.probe_at - now)
        return until_probe if passes(self.error) else min(until_probe, BETWEEN_LOOKS)


@dataclass(frozen=True, slots=True)
class Eagerness:
    """How soon a run gives an account up, and how soon it comes back to it."""

    first_probe: float
    """Seconds from the pause to the first probe, at most."""
    doubts: int
    """Answers that never came, in a row, before no more documents are sent."""
    trials: int
    """Pauses in a row until there is no hope, though every probe was answered."""
    longest_hope: float
    """Seconds until there is none in any case."""


PATIENT = Eagerness(first_probe=5.0, doubts=3, trials=1, longest_hope=math.inf)
"""For a daemon, which has time."""
HURRIED = Eagerness(first_probe=0.5, doubts=1, trials=3, longest_hope=8.0)
"""For a run that ends, within half a minute where Kanbert cannot be reached."""


def until_probe(failures: int, asked: float | None, eagerness: Eagerness, random: float) -> float:
    """Seconds until the next probe: jitter below a bound that doubles, or longer where asked.

    :param failures: pauses and failed probes since a document was delivered.
    :param asked: seconds that Kanbert asked to be left alone.
    :param random: from 0 to 1.
    """
    bound = min(LONGEST_BETWEEN_PROBES, eagerness.first_probe * 2.0 ** min(failures, 10))
    wait = bound / 2 + random * bound / 2
    return wait if asked is None else max(wait, min(asked, LONGEST_ASKED))
