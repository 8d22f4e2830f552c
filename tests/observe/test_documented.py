"""docs/monitoring.md names every metric, with its type and labels, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from ingestd.observe import AccountNow, Counts, InboxNow, Metrics, Now

PAGE = Path(__file__).parents[2] / "docs" / "monitoring.md"


def told() -> dict[str, tuple[str, set[str]]]:
    """Every metric's type and labels, where everything has happened once."""
    counts = Counts(lambda: 1.0)
    counts.hear({"event": "document.delivered", "inbox": "scanner"})
    counts.answered("main", "create", 201, 1.0, 1000)
    now = Now((AccountNow("main"),), (InboxNow("scanner"),))
    text = Metrics(lambda: now, counts, version="1", started=0.0).text(of_process=False).decode()
    return {
        family.name + "_total" * (family.type == "counter"): (
            family.type,
            {label for one in family.samples for label in one.labels if label != "le"},
        )
        for family in text_string_to_metric_families(text)
    }


def documented() -> dict[str, tuple[str, set[str]]]:
    rows = re.findall(
        r"^\| `(ingestd_\w+)` \| (\w+) \|([\w, ]*)\|", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return {name: (kind, set(re.findall(r"\w+", labels))) for name, kind, labels in rows}


def test_every_metric_is_documented_as_it_is() -> None:
    assert documented() == told()


def test_alerts_ask_for_metrics_that_there_are() -> None:
    asked = set(re.findall(r"ingestd_\w+", PAGE.read_text("utf-8").split("## Alerts")[1]))

    assert asked - {"ingestd_build_info"} <= set(told())
