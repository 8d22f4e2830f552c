"""What Prometheus is told: what was counted, and how everything stands when it asks.

No label holds a file's name: there would be a series for each, and names tell of people.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.registry import Collector

from ingestd.model import Outcome
from ingestd.observe.counts import Counted, Counts, Spread, Uploads
from ingestd.observe.now import InboxNow, Now

NO_ANSWER = "none"
"""The status of a request that was not answered."""


class Metrics(Collector):
    """Everything, in Prometheus' text format.

    What the fleet does not have any more, an inbox that was taken out of the settings, is told of
    no longer; what it has is there from the start, with 0.
    """

    def __init__(
        self, look: Callable[[], Now], counts: Counts, *, version: str, started: float
    ) -> None:
        """Make what tells of them.

        :param look: how everything stands; asked each time.
        :param started: seconds since the epoch.
        """
        self._look = look
        self._counts = counts
        self._version = version
        self._started = started

    def text(self, *, of_process: bool) -> bytes:
        """Write it all out.

        :param of_process: also memory, processor time and open files. Not for node_exporter's
            textfiles: these names are its own, and it fails on any metric that is there twice.
        """
        registry = CollectorRegistry()
        registry.register(self)
        if of_process:
            ProcessCollector(registry=registry)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Tell of everything at one moment."""
        now, counted = self._look(), self._counts.now()
        yield InfoMetricFamily(
            "ingestd_build",
            "What runs.",
            value={"version": self._version, "python": platform.python_version()},
        )
        yield GaugeMetricFamily(
            "ingestd_start_time_seconds", "When it was started (Unix time).", self._started
        )
        yield _outcomes(now, counted)
        yield from _of_inboxes(now)
        yield _last_successes(now, counted)
        yield _pauses(now)
        yield _answers(now, counted)
        yield from _uploads(now, counted.uploads)


def _outcomes(now: Now, counted: Counted) -> Metric:
    family = CounterMetricFamily(
        "ingestd_documents",
        "Documents that came to this outcome since the start.",
        labels=("inbox", "outcome"),
    )
    for inbox in now.inboxes:
        for outcome in Outcome:
            number = counted.documents.get((inbox.name, outcome), 0)
            family.add_metric((inbox.name, outcome), number)
    return family


_GAUGES: Mapping[str, tuple[str, Callable[[InboxNow], float]]] = {
    "documents_in_flight": ("Documents that are being carried.", lambda one: one.in_flight),
    "documents_waiting": (
        "Documents in the inbox, or claimed and put off until later.",
        lambda one: one.waiting,
    ),
    "documents_held": (
        "Documents that cannot go on by themselves, and what is no file.",
        lambda one: one.held,
    ),
    "oldest_waiting_seconds": (
        "Since when the oldest document without an outcome is known; 0 without any.",
        lambda one: one.oldest,
    ),
    "inbox_available": (
        "Whether documents are taken from the inbox (1) or cannot be (0).",
        lambda one: not one.error,
    ),
}


def _of_inboxes(now: Now) -> Iterator[Metric]:
    for name, (what, value) in _GAUGES.items():
        family = GaugeMetricFamily(f"ingestd_{name}", what, labels=("inbox",))
        for inbox in now.inboxes:
            family.add_metric((inbox.name,), value(inbox))
        yield family


def _last_successes(now: Now, counted: Counted) -> Metric:
    family = GaugeMetricFamily(
        "ingestd_last_success_timestamp_seconds",
        "When Kanbert last had a document of the inbox (Unix time); missing before the first.",
        labels=("inbox",),
    )
    for inbox in now.inboxes:
        if inbox.name in counted.last_success:
            family.add_metric((inbox.name,), counted.last_success[inbox.name])
    return family


def _pauses(now: Now) -> Metric:
    family = GaugeMetricFamily(
        "ingestd_account_paused",
        "Whether nothing can be sent to the account now (1).",
        labels=("account",),
    )
    for account in now.accounts:
        family.add_metric((account.name,), bool(account.error))
    return family


def _answers(now: Now, counted: Counted) -> Metric:
    family = CounterMetricFamily(
        "ingestd_api_answers",
        f'Answers of Kanbert by HTTP status, probes among them; "{NO_ANSWER}": none came.',
        labels=("account", "operation", "status"),
    )
    known = {account.name for account in now.accounts}
    for (account, operation, status), number in counted.answers.items():
        if account in known:
            shown = NO_ANSWER if status is None else str(status)
            family.add_metric((account, operation, shown), number)
    return family


def _uploads(now: Now, uploads: Mapping[str, Uploads]) -> Iterator[Metric]:
    seconds = HistogramMetricFamily(
        "ingestd_upload_duration_seconds",
        "How long the uploads took that Kanbert accepted.",
        labels=("account",),
    )
    octets = HistogramMetricFamily(
        "ingestd_upload_size_bytes",
        "How many bytes were sent for each, the form around the document among them.",
        labels=("account",),
    )
    for account in now.accounts:
        made = uploads.get(account.name, Uploads())
        _add(seconds, account.name, made.seconds)
        _add(octets, account.name, made.octets)
    yield seconds
    yield octets


def _add(family: HistogramMetricFamily, account: str, spread: Spread) -> None:
    buckets = [(_bound(bound), float(number)) for bound, number in spread.up_to()]
    family.add_metric((account,), buckets, spread.sum)


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(bound)
