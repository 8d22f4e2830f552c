"""What there is to carry: files to be claimed, and claimed documents that were put off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingestd.intake import Candidate
from ingestd.model import Document


@dataclass(frozen=True, slots=True)
class PutOff:
    """A claimed document that waits in `work/`."""

    due: float
    """Monotonic seconds."""
    document: Document
    times: int = 0
    """How often it was put off in a row."""
    stuck: bool = False
    """It waits for a person rather than for Kanbert."""


Job = Candidate | PutOff

Asked = Callable[[Job], bool]
"""A question about a job, to be answered yes or no."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much there is to carry at a moment."""

    waiting: int
    """Files that are ready or not settled yet, and documents that were put off."""
    in_hand: int
    """Documents that are being carried."""
    oldest: float
    """Seconds since the first of the documents was seen that is ready, in hand or put off; 0.0
    where there is none."""
