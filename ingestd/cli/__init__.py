"""The command line: parse, call, exit code. Each command imports what it needs when it runs."""

from __future__ import annotations

from ingestd.cli.main import main

__all__ = ["main"]
