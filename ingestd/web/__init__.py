"""Who asks on the web how it goes: metrics and health, on a socket of its own.

Whoever asks, and however, no delivery waits for it. Starlette and uvicorn belong to an extra.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingestd.lazily import lazily

if TYPE_CHECKING:
    from ingestd.web.app import create_app
    from ingestd.web.guard import Guard
    from ingestd.web.listener import Listener
else:
    __getattr__ = lazily(__name__, {"app": "create_app", "guard": "Guard", "listener": "Listener"})

__all__ = ["Guard", "Listener", "create_app"]
