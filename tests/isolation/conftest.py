"""Isolated work whose child does as it is ordered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ingestd.isolation import Isolated
from tests.isolation.isolating import obeying


@pytest.fixture
def isolated() -> Iterator[Isolated[Any]]:
    isolated = obeying()
    yield isolated
    isolated.close()
