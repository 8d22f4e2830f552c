"""Settings from environment variables: `INGESTD_` in front, `__` between levels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from ingestd.config.settings import Settings
from ingestd.errors import SettingsError
from ingestd.spelling import nearest

PREFIX = "INGESTD_"
_NOT_SETTINGS = frozenset({"config"})


def from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the environment holds, as a settings file would hold them."""
    source = _Variables(Settings)
    source.env_vars = {name.lower(): value for name, value in environ.items()}
    given = source()
    inboxes = given.get("inboxes")
    for inbox in inboxes.values() if isinstance(inboxes, dict) else ():
        if isinstance(inbox, dict) and isinstance(inbox.get("fields"), dict):
            inbox["fields"] = {key: _decoded(text) for key, text in inbox["fields"].items()}
    return given


class _Variables(EnvSettingsSource):
    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Read JSON; anything else is left as it is, for validation to say what is wrong."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def _decoded(given: object) -> object:
    """Read a list or a table written as JSON; fields have no type of their own to tell by."""
    try:
        read = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return given
    return read if isinstance(read, list | dict) else given


def given_in(environ: Mapping[str, str]) -> list[str]:
    """The variables that hold settings; their names alone, for the values may be secrets."""
    ours = (name for name in environ if name.upper().startswith(PREFIX))
    return sorted(name for name in ours if name[len(PREFIX) :].lower() not in _NOT_SETTINGS)


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Raise SettingsError for a variable of ours that is no setting.

    What stands below the first level is validated with everything else.
    """
    for variable in environ:
        if not variable.upper().startswith(PREFIX):
            continue
        name = variable[len(PREFIX) :].lower()
        top = name.split("__")[0]
        if top not in Settings.model_fields and top not in _NOT_SETTINGS:
            near = nearest(name, _known())
            raise SettingsError(
                f"The environment variable {variable} is no setting.",
                hint=f"Did you mean {PREFIX}{near.upper()}?" if near else "Unset it.",
            )


def _known() -> Iterator[str]:
    yield from _NOT_SETTINGS
    for name, field in Settings.model_fields.items():
        yield name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                between = "__" if kind is field.annotation else "__name__"
                yield from (f"{name}{between}{key}" for key in kind.model_fields)


def variable_for(location: tuple[int | str, ...], environ: Mapping[str, str]) -> str:
    """The variable that gave this setting, or the table it is in; empty where none did."""
    given = {variable.upper(): variable for variable in environ}
    for length in range(len(location), 0, -1):
        variable = PREFIX + "__".join(str(part) for part in location[:length]).upper()
        if variable in given:
            return given[variable]
    return ""
