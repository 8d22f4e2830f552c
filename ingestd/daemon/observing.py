"""Which observers the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from ingestd import __version__, config
from ingestd.daemon.fleet import Fleet
from ingestd.daemon.looking import look_at
from ingestd.daemon.observers import Observer
from ingestd.daemon.recalling import Recalling
from ingestd.daemon.reporting import Reporting
from ingestd.daemon.times import Times
from ingestd.errors import SettingsError
from ingestd.ledger import Ledger
from ingestd.observe import Audience, Counts, Log


def observers_of(
    settings: config.Settings,
    fleet: Fleet,
    times: Times,
    audience: Audience,
    log: Log,
    *,
    counts: Counts,
    ledger: Ledger,
    hurried: bool,
) -> list[Observer]:
    """Make everyone who tells of the fleet, and who hears of what happens to it.

    :param counts: hears of what happens from now on.
    :param hurried: for a run that ends, which nobody asks while it runs.
    :raises SettingsError: for what only shows when it is used.
    """
    audience.add(counts.hear)
    observers: list[Observer] = [Reporting(config.state_dir(settings), fleet, times)]
    if not hurried and (settings.web.listen or settings.metrics.textfile):
        require(settings, missing())
        observers.append(Recalling(counts, ledger))
        observers += _telling(settings, fleet, times, counts, log)
    return observers


def _telling(
    settings: config.Settings, fleet: Fleet, times: Times, counts: Counts, log: Log
) -> Iterator[Observer]:
    """Make those who tell of metrics and health."""
    from ingestd.daemon.answering import Answerers  # noqa: PLC0415 - of an extra
    from ingestd.observe import Metrics  # noqa: PLC0415 - of an extra

    look = partial(look_at, fleet)
    metrics = Metrics(look, counts, version=__version__, started=times.wall())
    asked = Answerers(look, metrics, times.clock, log).answering(settings.web)
    if asked is not None:
        yield asked
    if settings.metrics.textfile:
        from ingestd.daemon.noting import Noting  # noqa: PLC0415 - only where it is wanted

        path, text = Path(settings.metrics.textfile), partial(metrics.text, of_process=False)
        yield Noting(path, text, clock=times.clock, log=log)


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
        setting = "[web] listen" if settings.web.listen else "[metrics] textfile"
        raise SettingsError(
            f"{setting} needs {' and '.join(missing)}, which is not installed.",
            hint='Install it with: pip install "ingestd[web]"',
        )
