from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.running import Running, run_sandbox


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with run_sandbox() as running:
        yield running


@pytest.fixture
def controlled_sandbox() -> Iterator[Running]:
    with run_sandbox(control=True) as running:
        yield running
