from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestd.ledger import Ledger, open_ledger
from tests.ledger.documents import Ticking


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str, clock: Ticking) -> Iterator[Ledger]:
    ledger = open_ledger(tmp_path, ledger_url, now=clock, set_aside=never)
    yield ledger
    ledger.close()


def never(path: Path, why: str) -> None:
    raise AssertionError(f"{path} was set aside: {why}")
