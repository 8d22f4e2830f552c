"""The sign of life of a run that ended."""

from __future__ import annotations

from ingestd import config
from ingestd.daemon.times import Times
from ingestd.errors import SettingsError
from ingestd.observe import Log


def tell_the_end(settings: config.Settings, log: Log, times: Times, *, trouble: str) -> None:
    """Give it where the settings ask for it, and wait a little until it is sent.

    :param trouble: what was not well, on a line; empty if all was.
    """
    try:
        url = config.addresses(settings.notify).heartbeat
    except SettingsError as error:  # its file could be read at the start
        log.warning("notification.failed", error=str(error), hint=error.hint)
        return
    if url:
        _tell(url, log, times, trouble)


def _tell(url: str, log: Log, times: Times, trouble: str) -> None:
    # only here: twenty modules more, for those who are to be notified
    from ingestd.daemon.notification import heart_of  # noqa: PLC0415
    from ingestd.daemon.notifying import LONGEST_FAREWELL_OF_ONCE  # noqa: PLC0415
    from ingestd.observe.notify import Beat, close  # noqa: PLC0415

    heart = heart_of(url, log, waits=(1.0,))
    heart.post(Beat(trouble))
    close([heart], LONGEST_FAREWELL_OF_ONCE, times.clock)
