"""What Prometheus is told, read by its own parser."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ingestd.model import Outcome
from ingestd.observe import AccountNow, Counts, InboxNow, Metrics, Now

STARTED = 1_800_000_000.0
SCANNER = InboxNow("scanner", waiting=3, in_flight=2, held=1, oldest=60.5)
NOW = Now((AccountNow("main"),), (SCANNER, InboxNow("mail", error="It is away.")))

Samples = dict[tuple[str, frozenset[str]], float]


def sample(name: str, *labels: str) -> tuple[str, frozenset[str]]:
    return f"ingestd_{name}", frozenset(labels)


def told(counts: Counts, now: Now = NOW, *, of_process: bool = False) -> Samples:
    """Every sample by its name and the values of its labels."""
    metrics = Metrics(lambda: now, counts, version="1.2.3", started=STARTED)
    families = text_string_to_metric_families(metrics.text(of_process=of_process).decode())
    return {
        (one.name, frozenset(one.labels.values())): one.value
        for family in families
        for one in family.samples
    }


@pytest.fixture
def counts() -> Counts:
    return Counts(lambda: STARTED + 10)


def test_every_outcome_of_every_inbox_is_there_from_the_start(counts: Counts) -> None:
    samples = told(counts)

    assert {
        key: value for key, value in samples.items() if key[0] == "ingestd_documents_total"
    } == {
        sample("documents_total", inbox, outcome): 0.0
        for inbox in ("scanner", "mail")
        for outcome in Outcome
    }


def test_outcomes_are_told_by_inbox(counts: Counts) -> None:
    counts.hear({"event": "document.failed", "inbox": "mail"})

    samples = told(counts)

    assert samples[sample("documents_total", "mail", "failed")] == 1.0
    assert samples[sample("documents_total", "scanner", "failed")] == 0.0


@pytest.mark.parametrize(
    ("name", "scanner", "mail"),
    [
        ("documents_waiting", 3.0, 0.0),
        ("documents_in_flight", 2.0, 0.0),
        ("documents_held", 1.0, 0.0),
        ("oldest_waiting_seconds", 60.5, 0.0),
        ("inbox_available", 1.0, 0.0),
    ],
)
def test_each_inbox_is_told_as_it_stands(
    counts: Counts, name: str, scanner: float, mail: float
) -> None:
    samples = told(counts)

    assert (samples[sample(name, "scanner")], samples[sample(name, "mail")]) == (scanner, mail)


@pytest.mark.parametrize(("error", "value"), [("", 0.0), ("The token is wrong.", 1.0)])
def test_an_account_with_trouble_is_paused(counts: Counts, error: str, value: float) -> None:
    samples = told(counts, replace(NOW, accounts=(AccountNow("main", error),)))

    assert samples[sample("account_paused", "main")] == value


def test_the_last_success_is_missing_before_the_first(counts: Counts) -> None:
    counts.hear({"event": "document.duplicate", "inbox": "scanner"})

    samples = told(counts)

    assert samples[sample("last_success_timestamp_seconds", "scanner")] == STARTED + 10
    assert sample("last_success_timestamp_seconds", "mail") not in samples


def test_answers_are_told_by_operation_and_status(counts: Counts) -> None:
    counts.answered("main", "check", 200, 0.1, 100)
    counts.answered("main", "check", None, 30.0, 100)

    samples = told(counts)

    assert samples[sample("api_answers_total", "main", "check", "200")] == 1.0
    assert samples[sample("api_answers_total", "main", "check", "none")] == 1.0


def test_uploads_are_told_by_how_long_they_took_and_how_large_they_were(counts: Counts) -> None:
    counts.answered("main", "create", 201, 2.0, 400_000)

    samples = told(counts)

    seconds, octets = "upload_duration_seconds", "upload_size_bytes"
    assert samples[sample(f"{seconds}_bucket", "main", "1.0")] == 0.0
    assert samples[sample(f"{seconds}_bucket", "main", "2.5")] == 1.0
    assert samples[sample(f"{seconds}_bucket", "main", "+Inf")] == 1.0
    assert samples[sample(f"{octets}_bucket", "main", "300000.0")] == 0.0
    assert samples[sample(f"{octets}_bucket", "main", "1000000.0")] == 1.0
    assert samples[sample(f"{octets}_sum", "main")] == 400_000


def test_uploads_are_there_before_the_first(counts: Counts) -> None:
    assert told(counts)[sample("upload_size_bytes_count", "main")] == 0.0


def test_what_the_settings_have_no_longer_is_told_of_no_longer(counts: Counts) -> None:
    counts.hear({"event": "document.delivered", "inbox": "old-inbox"})
    counts.answered("old-account", "create", 201, 2.0, 400_000)

    names = {name for _, labels in told(counts) for name in labels}

    assert names.isdisjoint({"old-inbox", "old-account"})


def test_it_says_what_runs_and_since_when(counts: Counts) -> None:
    samples = told(counts)

    assert [
        labels for name, labels in samples if name == "ingestd_build_info" and "1.2.3" in labels
    ]
    assert samples[sample("start_time_seconds")] == STARTED


def test_memory_and_processor_time_are_told_where_that_is_asked_for(counts: Counts) -> None:
    name = ("process_resident_memory_bytes", frozenset[str]())

    assert name in told(counts, of_process=True)
    assert name not in told(counts, of_process=False)


def test_names_are_as_prometheus_wants_them(counts: Counts) -> None:
    text = Metrics(lambda: NOW, counts, version="1", started=0).text(of_process=False).decode()

    names = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)

    assert all(re.fullmatch(r"ingestd_[a-z_]+", name) for name, _ in names)
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in names)
