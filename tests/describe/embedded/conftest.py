"""A reader whose child does as it is ordered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingestd.describe.embedded import Reader
from tests.describe.embedded.ordered import MODULE


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader.reading_with(MODULE)
    yield reader
    reader.close()
