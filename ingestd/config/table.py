"""What every table of the settings has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the settings: it has the keys that it names and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)
