"""Finding the settings, reading them, and saying clearly what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ingestd import kanbert, toml
from ingestd.config.environment import PREFIX, from_environment, refuse_unknown
from ingestd.config.origin import origin_of, reason_of
from ingestd.config.secrets import SECRET, named_secrets
from ingestd.config.settings import Inbox, Settings
from ingestd.errors import SettingsError
from ingestd.spelling import nearest

PLACES = (Path("ingestd.toml"), Path("/etc/ingestd/ingestd.toml"))
"""Where settings are looked for when nobody says where they are."""

LARGEST = 1024 * 1024
"""Bytes of a settings file; config.example.toml, with every setting explained, has 1 % of them."""


def load(
    path: Path | None,
    environ: Mapping[str, str] = os.environ,
    places: Iterable[Path] = PLACES,
) -> Settings:
    """Read the settings from a file and the environment, which wins.

    :param path: the file; None: `$INGESTD_CONFIG`, else the first of `places` that is there,
        else the environment alone.
    :raises SettingsError: naming the file or the variable, the key, what is wrong with it, and the
        nearest key that exists.
    """
    source = find(path, environ, places)
    given = _read(source) if source else {}
    refuse_unknown(environ)
    try:
        return Settings(**_merged(given, from_environment(environ)))
    except ValidationError as error:
        raise _explained(error, source, given, environ, places) from error


def load_with_inboxes(
    path: Path | None,
    environ: Mapping[str, str] = os.environ,
    places: Iterable[Path] = PLACES,
) -> Settings:
    """Read the settings as `load` does, for what is about inboxes.

    :raises SettingsError: also where there is none, with what to write.
    """
    settings = load(path, environ, places)
    if not settings.inboxes:
        source = find(path, environ, places) or "the environment"
        raise SettingsError(f"There is no inbox in {source}.", hint=HOW_TO_ADD_INBOX)
    return settings


HOW_TO_ADD_INBOX = (
    'Add [inboxes.scanner] with path = "/srv/scans" to the settings file, '
    "or set $INGESTD_INBOXES__SCANNER__PATH; the name is yours."
)


def find(
    path: Path | None,
    environ: Mapping[str, str] = os.environ,
    places: Iterable[Path] = PLACES,
) -> Path | None:
    """The settings file that `load` reads, whether it is there or not; None where it reads none."""
    if path is None and environ.get("INGESTD_CONFIG"):
        path = Path(environ["INGESTD_CONFIG"])
    if path is not None:
        return path
    return next((place for place in places if _may_be_there(place)), None)


def _may_be_there(place: Path) -> bool:
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # in a folder that this user may not look into, which reading it will say
        pass
    return True


def secret_keys(path: Path) -> list[str]:
    """The settings in a file that hold a secret themselves, as in `accounts.main.token`.

    :raises SettingsError: if the file cannot be read.
    """
    return list(named_secrets(_read(path)))


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise SettingsError(
            f"There is no settings file {path}.",
            hint="Copy config.example.toml there, or name another with --config.",
        ) from error
    except OSError as error:
        raise SettingsError(
            f"The settings file {path} cannot be read: {error.strerror}.",
            hint="Name the file itself with --config."
            if isinstance(error, IsADirectoryError)
            else "Let the user that ingestd runs as read it.",
        ) from error
    if len(content) > LARGEST:
        raise SettingsError(
            f"{path} has more than {LARGEST:,} bytes, so it is no settings file.",
            hint="Name the settings file with --config.",
        )
    return _parsed(content, path)


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        # utf-8-sig: Windows editors put a byte order mark in front, which TOML does not know
        return toml.parsed(content.decode("utf-8-sig"))
    except ValueError as error:  # of the encoding, or of what is written
        raise SettingsError(
            f"{path} is not valid TOML: {error}.",
            hint="Correct that line; the file is UTF-8, texts stand in quotes, and no table or "
            "setting is there twice.",
        ) from error


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay one set of settings over another, table by table."""
    both = dict(below)
    for key, value in above.items():
        given = both.get(key)
        if isinstance(given, dict) and isinstance(value, dict):
            value = _merged(given, value)  # noqa: PLW2901 - laid over what was there
        both[key] = value
    return both


def _explained(
    error: ValidationError,
    source: Path | None,
    given: Mapping[str, Any],
    environ: Mapping[str, str],
    places: Iterable[Path],
) -> SettingsError:
    if source is None and not any(name.upper().startswith(PREFIX) for name in environ):
        looked = " or ".join(str(place) for place in places)
        return SettingsError(
            f"There are no settings: no --config, no $INGESTD_CONFIG, no {looked}.",
            hint="Copy config.example.toml to one of these places and edit it.",
        )
    lines = []
    for details in error.errors():
        where = origin_of(details, source, given, environ)
        lines.append(f"{where}: {_sentence(details)}")
    return SettingsError("\n".join(lines), hint="config.example.toml describes every setting.")


def _sentence(details: ErrorDetails) -> str:
    key = ".".join(str(part) for part in details["loc"])
    match details["type"]:
        case "extra_forbidden":
            near = nearest(str(details["loc"][-1]), _keys_beside(details["loc"]))
            return f"{key} is no setting" + (f"; did you mean {near}?" if near else ".")
        case "missing":
            return f"{key} is missing."
        case "value_error":
            reason = reason_of(details)
            return f"{key}: {reason}." if key else f"{reason}."
        case kind:
            return f"{key}: {_MEANT.get(kind, details['msg'])}{_but_given(details)}."


_MEANT = {
    "path_type": "a path in quotes is meant",
    "bool_parsing": "true or false is meant",
    "bool_type": "true or false is meant",
    "too_short": "there must be at least one",
}
"""In place of the library's words, where those are a programmer's."""


def _but_given(details: ErrorDetails) -> str:
    """What was given instead, unless that could be a secret."""
    given = details["input"]
    table_meant = details["type"] in {"model_type", "dict_type"}
    if table_meant or SECRET.intersection(details["loc"]) or isinstance(given, dict | list):
        return ""
    return f", not {given!r}"


def _keys_beside(location: tuple[int | str, ...]) -> Iterable[str]:
    """The keys of the table that a wrong key stands in."""
    kind: Any = Settings
    for part in location[:-1]:
        kind = _kind_below(kind, str(part))
    return next((one.model_fields for one in _alternatives(kind) if _is_table(one)), ())


def _kind_below(kind: Any, key: str) -> Any:
    """The type of what a table, a mapping or a list holds under a key."""
    for one in _alternatives(kind):
        if one is Inbox and key == "fields":
            return kanbert.CreateInvoice
        if get_origin(one) in {dict, list}:
            return get_args(one)[-1]
        if _is_table(one) and key in one.model_fields:
            return one.model_fields[key].annotation
    return None


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """The types that are meant by `X | None`."""
    return (kind,) if get_origin(kind) in {None, dict, list} else get_args(kind)


def _is_table(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
