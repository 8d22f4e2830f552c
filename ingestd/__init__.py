"""ingestd carries invoices from folders into Kanbert: once each, and none lost."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
