from __future__ import annotations

import pytest

from tests.daemon.doubles import Gate, outage


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def paused(gate: Gate) -> Gate:
    """An account in the middle of an outage."""
    gate.probed.error = outage()
    gate.account.trouble(outage())
    return gate
