"""Who tells of metrics and health, as far as the settings ask for that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ingestd import __version__, config
from ingestd.daemon.looking import look_at
from ingestd.daemon.lookout import Lookout
from ingestd.daemon.observers import Observer, Post
from ingestd.daemon.recalling import Recalling
from ingestd.errors import SettingsError
from ingestd.once import once

if TYPE_CHECKING:
    from ingestd.daemon.answering import Answerers
    from ingestd.observe import Metrics


class Measuring:
    """Makes them; what all of them need is made when the first of them is."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._look = partial(look_at, lookout.fleet)

    def posts(self) -> list[Post]:
        """A post for each."""
        return [
            Post(lambda it: _wanted(it) != "", self._recalling),
            Post(lambda it: it.web, self._answering),
            Post(lambda it: it.metrics, self._noting),
        ]

    @once
    def _metrics(self) -> Metrics:
        from ingestd.observe import Metrics  # noqa: PLC0415 - of an extra

        times = self._lookout.times
        return Metrics(self._look, self._lookout.counts, version=__version__, started=times.wall())

    @once
    def _answerers(self) -> Answerers:
        from ingestd.daemon.answering import Answerers  # noqa: PLC0415 - of an extra

        lookout = self._lookout
        return Answerers(self._look, self._metrics, lookout.times.clock, lookout.log)

    def _recalling(self, settings: config.Settings) -> Observer | None:
        if not _wanted(settings):
            return None
        require(settings, missing())
        return Recalling(self._lookout.counts, self._lookout.ledger)

    def _answering(self, settings: config.Settings) -> Observer | None:
        return self._answerers.answering(settings.web) if _wanted(settings) else None

    def _noting(self, settings: config.Settings) -> Observer | None:
        if not settings.metrics.textfile:
            return None
        from ingestd.daemon.noting import Noting  # noqa: PLC0415 - only where it is wanted

        path, text = Path(settings.metrics.textfile), partial(self._metrics.text, of_process=False)
        return Noting(path, text, clock=self._lookout.times.clock, log=self._lookout.log)


def _wanted(settings: config.Settings) -> str:
    """The setting that asks for it; empty where none does."""
    if settings.web.listen:
        return "[web] listen"
    return "[metrics] textfile" if settings.metrics.textfile else ""


_PACKAGES = {
    "starlette": "starlette",
    "uvicorn": "uvicorn",
    "prometheus_client": "prometheus-client",
}
"""What is needed, by the modules to import."""


def missing(find: Callable[[str], object | None] = find_spec) -> list[str]:
    """The packages that telling of metrics and health needs, and that are not installed."""
    return [package for module, package in _PACKAGES.items() if find(module) is None]


def require(settings: config.Settings, missing: list[str]) -> None:
    """Make sure that what is needed is installed.

    :param missing: what of it is not.
    :raises SettingsError: if there is any.
    """
    if missing:
        raise SettingsError(
            f"{_wanted(settings)} needs {' and '.join(missing)}, which is not installed.",
            hint='Install it with: pip install "ingestd[web]"',
        )
