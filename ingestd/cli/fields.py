"""Options for the fields of what is sent to Kanbert: a new field of a model is one by itself."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

import click

from ingestd.cli.choosing import Word

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo

M = TypeVar("M", bound="BaseModel")


def text(value: str) -> str:
    """Read a text that can be sent: bytes that are none in the terminal's encoding cannot.

    This and the following are types of options and arguments.
    """
    try:
        value.encode()
    except UnicodeError:
        raise click.BadParameter("it has broken characters.") from None
    return value


def some_text(value: str) -> str:
    """Read a text that is one of several: an empty one among them is a mistake."""
    if not value.strip():
        raise click.BadParameter("it is empty.")
    return text(value)


def opaque_id(value: str) -> str:
    """Read an id as Kanbert gives it: anything that can be part of an address."""
    if value in {"", ".", ".."}:
        raise click.BadParameter(f'"{value}" is no id.')
    return text(value)


_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


def day(value: str) -> date | datetime:
    """Read 2024-01-15, 15.01.2024, or a moment such as 2024-01-15T08:30:00Z.

    A moment without an offset is in UTC, as for the API.
    """
    try:
        if german := _GERMAN.fullmatch(value.strip()):
            day_of_month, month, year = map(int, german.groups())
            return date(year, month, day_of_month)
        return datetime.fromisoformat(value.strip())
    except ValueError:
        raise click.BadParameter(
            f'"{value}" is no date such as 2024-01-15 or 15.01.2024.'
        ) from None


def joined(model: type[BaseModel]) -> tuple[Callable[[str], dict[str, str]], str]:
    """What reads a model from one text, such as `20=40.00`, and how that is written."""
    names = list(model.model_fields)
    form = "=".join(names).upper()

    def parts_of(value: str) -> dict[str, str]:
        parts = value.split("=")
        if len(parts) != len(names):
            raise click.BadParameter(f'"{value}" is not {form}.')
        return dict(zip(names, parts, strict=True))

    return parts_of, form


class WithFields(click.Command):
    """A command with an option for each field of a model, which is imported when it is needed.

    Its function is given them by the fields' names; see `read`.
    """

    def __init__(self, *args: Any, model: str, clears: bool = False, **kwargs: Any) -> None:
        """Make a command.

        :param model: a name in `ingestd.kanbert`.
        :param clears: whether fields can be cleared, with `--clear`.
        """
        super().__init__(*args, **kwargs)
        self._model = model
        self._clears = clears

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The fields first."""
        return [*self._of_fields, *super().get_params(ctx)]

    @cached_property
    def _of_fields(self) -> list[click.Parameter]:
        from ingestd import kanbert

        model: type[BaseModel] = getattr(kanbert, self._model)
        options: list[click.Parameter] = [*options_of(model)]
        return [*options, _clear_option(model)] if self._clears else options


def options_of(model: type[BaseModel]) -> list[click.Option]:
    """An option for each field of a model, with what the model says of the field as its help."""
    said = _descriptions(model)
    return [_option(name, field, said.get(name, "")) for name, field in model.model_fields.items()]


def _option(name: str, field: FieldInfo, said: str) -> click.Option:
    kind = _kind(field)
    if kind is bool:
        flag = name.replace("_", "-")
        return click.Option([name, f"--{flag}/--no-{flag}"], default=None, help=said)
    several = get_origin(kind) is list
    if several:
        said = f"{said} Can be given several times.".strip()
        (kind,) = get_args(kind)
    type_, metavar = _type_of(kind, is_id=name.endswith("_id"))
    type_ = some_text if several and type_ is text else type_
    return click.Option(
        [name, option_name(name, field)], type=type_, metavar=metavar, multiple=several, help=said
    )


def _type_of(kind: Any, *, is_id: bool) -> tuple[Any, str]:
    """What reads a value of this kind, and what the help calls it."""
    if get_origin(kind) is Literal:
        words = get_args(kind)
        return Word(words), f"[{'|'.join(words)}]"
    kind = get_args(kind)[0] if get_args(kind) else kind
    if hasattr(kind, "model_fields"):
        return joined(kind)
    if kind is datetime:
        return day, "DATE"
    if kind is Decimal:
        return text, "AMOUNT"
    return text, "ID" if is_id else "TEXT"


def _kind(field: FieldInfo) -> Any:
    """The type that is meant by `X | None`, without what checks it."""
    kind: Any = field.annotation
    if _may_be_none(field):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _may_be_none(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation)


def option_name(name: str, field: FieldInfo) -> str:
    """The option of a field: `--invoice-number`, and `--tag` for `tags`."""
    several = get_origin(_kind(field)) is list
    return "--" + (name.removesuffix("s") if several else name).replace("_", "-")


def _descriptions(model: type[BaseModel]) -> dict[str, str]:
    """What stands below the fields in the model's source; nothing where there is no source."""
    said: dict[str, str] = {}
    for one in reversed(model.__mro__):
        with suppress(OSError, TypeError):
            (definition,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
            assert isinstance(definition, ast.ClassDef)
            for field, text in pairwise(definition.body):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(words))):
                        said[name] = " ".join(words.replace("`", "").split())
    return said


def _clear_option(model: type[BaseModel]) -> click.Option:
    names = [name for name, field in model.model_fields.items() if _may_be_none(field)]
    return click.Option(
        ["cleared", "--clear"],
        type=_FieldName(names),
        metavar="FIELD",
        multiple=True,
        help=f"Leave a field empty: {', '.join(names)}. Can be given several times.",
    )


class _FieldName(Word):
    """The name of a field, or of its option: net_value, net-value."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        name = value.removeprefix("--").replace("-", "_")
        plural = f"{name}s"
        return super().convert(plural if plural in self.choices else name, param, ctx)


def read(model: type[M], given: Mapping[str, Any], *, cleared: Collection[str] = ()) -> M:
    """Make a model of the options that were given.

    :param given: by the fields' names; None, or nothing in a tuple, where an option was not given.
    :param cleared: fields to be None.
    :raises click.BadParameter: naming the option that cannot be used.
    """
    from pydantic import ValidationError

    values = {name: value for name, value in given.items() if value not in (None, ())}
    if both := sorted(values.keys() & set(cleared)):
        option = option_name(both[0], model.model_fields[both[0]])
        raise click.UsageError(f"{option} and --clear {both[0]} exclude each other.")
    try:
        return model.model_validate(values | dict.fromkeys(cleared))
    except ValidationError as error:
        raise _said(model, error) from error


def _said(model: type[BaseModel], error: ValidationError) -> click.BadParameter:
    wrong = error.errors(include_url=False)[0]
    name = str(wrong["loc"][0])
    option = option_name(name, model.model_fields[name])
    return click.BadParameter(f"{wrong['msg']}.", param_hint=f"'{option}'")
