"""Fixtures of the tests over real connections."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kanbert import certificates


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("tls")
    return certificates.make(folder, "kanbert.invalid", "localhost", "127.0.0.1")


@pytest.fixture(scope="session")
def pem(certified: Any) -> Any:
    return certified[0]
