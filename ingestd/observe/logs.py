"""The log: events with fields, readable on a terminal, JSON lines everywhere else.

Nothing here is global: the logger is made once and handed to whoever writes to it.
"""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import ExcInfo, FilteringBoundLogger, Processor, WrappedLogger

from ingestd.errors import SettingsError
from ingestd.observe.audience import Audience
from ingestd.observe.escaping import printable
from ingestd.observe.journal import is_journal, with_level
from ingestd.observe.log_file import LogFile
from ingestd.observe.outputs import Event, Outputs, Render, Sink

Log = FilteringBoundLogger
Format = Literal["auto", "console", "json"]

LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def open_log(
    stream: TextIO,
    *,
    level: str | Callable[[], str] = "info",
    form: Format = "auto",
    file: str = "",
    file_max_size: int = 0,
    file_keep: int = 1,
    secrets: Callable[[], Iterable[str]] = tuple,
    audience: Audience | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Log:
    """Make a logger that writes to `stream`, and to a file if one is named.

    :param level: the least level written, a key of `LEVELS`; asked for at every event where it may
        change.
    :param form: auto is console on a terminal and JSON elsewhere; also in the file.
    :param file_max_size: bytes from which the file is begun anew; 0: somebody else sees to that.
    :param file_keep: how many old ones are kept then.
    :param secrets: asked at every line; what it yields never appears in the log, whoever wrote it.
    :param audience: hears of everything from info upwards, also what is not written.
    :raises SettingsError: if the file cannot be written.
    """
    outputs: list[tuple[Sink, Render]] = [(stream, _as_fits(stream, form, environ))]
    if file:
        renders = _for_people(colours=False) if form == "console" else _for_machines
        outputs.append((_log_file(Path(file), file_max_size, file_keep), renders))

    def least() -> int:
        return LEVELS[level if isinstance(level, str) else level()]

    heard = min(least(), LEVELS["info"]) if isinstance(level, str) else LEVELS["debug"]
    logger: Log = structlog.wrap_logger(
        Outputs(outputs, secrets),
        processors=_processors(audience or Audience(), least),
        wrapper_class=structlog.make_filtering_bound_logger(heard),
        context_class=dict,
    ).bind()
    return logger


def _as_fits(stream: TextIO, form: Format, environ: Mapping[str, str]) -> Render:
    on_terminal = stream.isatty()
    colours = on_terminal and not environ.get("NO_COLOR")
    as_console = form == "console" or (form == "auto" and on_terminal)
    render = _for_people(colours=colours) if as_console else _for_machines
    return _with_levels(render) if is_journal(stream, environ) else render


def _log_file(path: Path, most: int, keep: int) -> LogFile:
    try:
        return LogFile(path, most=most, keep=keep)
    except OSError as error:
        raise SettingsError(
            f"log.file: {path} cannot be written: {error.strerror}.",
            hint="Name a file in a folder that is there, and that the daemon's user may write.",
        ) from error


def _processors(audience: Audience, least: Callable[[], int]) -> list[Processor]:
    return [
        _nobody_hears(least),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _heard_by(audience, least),
        _as_one_argument,
    ]


def _nobody_hears(least: Callable[[], int]) -> Processor:
    def drop(_logger: WrappedLogger, method: str, event: Event) -> Event:
        if method == "debug" and least() > logging.DEBUG:
            raise structlog.DropEvent
        return event

    return drop


def _heard_by(audience: Audience, least: Callable[[], int]) -> Processor:
    def hear(_logger: WrappedLogger, _method: str, event: Event) -> Event:
        level = LEVELS.get(event["level"], logging.ERROR)
        if level > logging.DEBUG:
            audience.hear(event)
        if level < least():
            raise structlog.DropEvent
        return event

    return hear


def _as_one_argument(_logger: WrappedLogger, _method: str, event: Event) -> Any:
    said = {key: value for key, value in event.items() if value not in ("", None)}
    return (said,), {}


def _for_people(*, colours: bool) -> Render:
    console = structlog.dev.ConsoleRenderer(
        colors=colours,
        pad_event_to=20,
        sort_keys=False,
        exception_formatter=_traceback,
    )

    def render(event: Event) -> str:
        for key, value in event.items():
            if isinstance(value, str | os.PathLike):
                event[key] = printable(os.fspath(value))
        return console(None, "", event)

    return render


def _with_levels(render: Render) -> Render:
    def with_levels(event: Event) -> str:
        level = event["level"]
        return with_level(render(event), level)

    return with_levels


def _traceback(stream: TextIO, exc_info: ExcInfo) -> None:
    """Write a traceback line by line, whatever control characters its messages hold."""
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    stream.write("\n".join(printable(line) for line in text.getvalue().split("\n")))


def _for_machines(event: Event) -> str:
    first = {key: event.pop(key) for key in ("timestamp", "level", "event")}
    structlog.processors.format_exc_info(None, "", event)
    # ASCII only: names that are not UTF-8 hold surrogates, which no stream would take
    return json.dumps({**first, **event}, default=str)


class _Forward(logging.Handler):
    """Passes what libraries have to say on to our log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as an event of ours."""
        self._log.warning("library", logger=record.name, message=record.getMessage())


def forward_libraries(log: Log, library: str = "watchdog") -> None:
    """Send a library's warnings (an overflowing event queue, say) to `log`."""
    logger = logging.getLogger(library)
    logger.handlers = [_Forward(log)]
    logger.propagate = False
