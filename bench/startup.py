"""How long commands take to begin, against an interpreter that does nothing.

Run it with `python -m bench.startup`; with `--json` it prints one JSON object.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROUNDS = 15
BARE = "python -c pass"
SETTINGS = """
state_dir = "{folder}/state"
[accounts.main]
base_url = "https://kanbert.invalid/api/v1"
token = "none"
[inboxes.scanner]
path = "{folder}"
"""


def commands(settings: Path) -> Mapping[str, Sequence[str]]:
    """What is measured, by its name."""
    ingestd = [sys.executable, "-m", "ingestd", "--config", str(settings)]
    return {
        BARE: [sys.executable, "-c", "pass"],
        "ingestd --version": [*ingestd, "--version"],
        "ingestd --help": [*ingestd, "--help"],
        "ingestd status": [*ingestd, "status"],
        "ingestd history": [*ingestd, "history"],
    }


def measured(rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds from start to end of each command: medians of rounds in which they take turns."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "ingestd.toml")
        settings.write_text(SETTINGS.format(folder=folder))
        seconds: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, command in commands(settings).items():
                began = time.perf_counter()
                subprocess.run(command, check=False, capture_output=True)
                seconds.setdefault(name, []).append(time.perf_counter() - began)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def main() -> None:
    """Measure, and print a table or JSON."""
    found = measured()
    ratios = {name: seconds / found[BARE] for name, seconds in found.items()}
    if "--json" in sys.argv[1:]:
        print(json.dumps({"seconds": found, "ratios": ratios}))
        return
    print(f"{'command':<20}{'ms':>8}{'x bare':>9}")
    for name, seconds in found.items():
        print(f"{name:<20}{seconds * 1000:>8.0f}{ratios[name]:>9.1f}")


if __name__ == "__main__":
    main()
