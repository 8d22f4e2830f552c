"""How the daemon speaks with an account."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from functools import partial

from ingestd import config
from ingestd.kanbert import Auth, Kanbert, OnAnswer, RetryPolicy, trust

LONGEST_PROBE = 20.0
"""Seconds."""
HURRIED_TIMEOUT = 12.0
"""Seconds for each wait on the network in a run that ends: twice that is within its half minute."""


@dataclass(frozen=True, slots=True)
class _Times:
    timeout: float
    deadline: float
    attempts: int


def connect(
    given: config.Account,
    auth: Auth,
    *,
    stop: threading.Event,
    hurried: bool,
    on_answer: OnAnswer | None = None,
) -> tuple[Kanbert, Kanbert]:
    """Make the client that delivers, and the one that probes, which nothing keeps waiting.

    :param stop: ends waits between attempts when it is set.
    :param hurried: for a run that ends.
    :param on_answer: told of what both of them ask.
    """
    timeout = min(given.timeout, HURRIED_TIMEOUT) if hurried else given.timeout
    delivering = _Times(timeout, given.deadline, attempts=2 if hurried else 3)
    probing = _Times(min(given.timeout, LONGEST_PROBE / 2), LONGEST_PROBE, attempts=1)
    # once for both: there are some hundred certificates to read
    trusted = trust(given.ca_bundle or None)
    make = partial(_client, given, auth, stop=stop, on_answer=on_answer, trusted=trusted)
    return make(delivering), make(probing)


def _client(
    given: config.Account,
    auth: Auth,
    times: _Times,
    *,
    stop: threading.Event,
    on_answer: OnAnswer | None,
    trusted: ssl.SSLContext,
) -> Kanbert:
    return Kanbert(
        given.base_url,
        auth,
        timeout=times.timeout,
        deadline=times.deadline,
        ca_bundle=trusted,
        proxy=given.proxy or None,
        # what does not pass within seconds pauses the account, which is patient
        retry=RetryPolicy(attempts=times.attempts, longest_wait=5.0, patience=5.0),
        requests_per_minute=given.requests_per_minute,
        pool_size=given.concurrency,
        on_answer=on_answer,
        stop=stop,
    )
