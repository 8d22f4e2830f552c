from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.running import Site
from tests.workbench import LocalKanbert


@pytest.fixture
def site(tmp_path: Path, local_kanbert: LocalKanbert, ledger_url: str) -> Site:
    return Site(tmp_path, local_kanbert.base_url, local_kanbert.token, ledger=ledger_url)
