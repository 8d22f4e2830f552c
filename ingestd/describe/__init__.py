"""What is known of a document before anybody read it: the fields that are sent with it."""

from __future__ import annotations

from ingestd.describe.rules import describe

__all__ = ["describe"]
