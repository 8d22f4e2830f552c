from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "id-1" / "letter.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"ours")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "failed"
