"""What a field takes: each rule both checks a value and says so in the API's schema.

Words of complaint are those of Laravel's validator, so that clients meet the shape they will meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from ingestd.sandbox.errors import invalid
from ingestd.sandbox.moments import read_moment
from ingestd.sandbox.money import decimal_of, hundredths

Schema = dict[str, Any]


class Complaints(defaultdict[str, list[str]]):
    """Field errors by dotted key."""

    def __init__(self) -> None:
        super().__init__(list)

    def add(self, at: str, words: str) -> None:
        """Note a complaint about the field `at`; `{}` in the words stands for its name."""
        self[at].append(words.format(at.replace("_", " ")))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A field that may be null unless said otherwise."""

    nullable: bool = True

    def schema(self) -> Schema:
        """Return the JSON schema of what is accepted."""
        own = self._schema()
        if not self.nullable:
            return own
        nullable: Schema = {**own, "type": [own["type"], "null"]}
        if "enum" in own:
            nullable["enum"] = [*own["enum"], None]
        return nullable

    def accept(self, value: object, at: str, complaints: Complaints) -> Any:
        """Return the value as it is stored; complain, and return None, if it is not acceptable."""
        if value is None and self.nullable:
            return None
        return self._read(value, at, complaints)

    def _schema(self) -> Schema:
        raise NotImplementedError

    def _read(self, value: object, at: str, complaints: Complaints) -> Any:
        raise NotImplementedError


Form = Mapping[str, Rule]
"""The fields of a request; others are ignored, as Laravel does."""


def schema_of(form: Form) -> Schema:
    """Return the schema of a request body with these fields, none of which is required."""
    return {"type": "object", "properties": {name: rule.schema() for name, rule in form.items()}}


def read_fields(form: Form, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the known fields among `given`, checked.

    Raises:
        Refused: 422 with a complaint for every field that is not acceptable.
    """
    complaints = Complaints()
    fields = {
        name: rule.accept(given[name], name, complaints)
        for name, rule in form.items()
        if name in given
    }
    if complaints:
        raise invalid(complaints)
    return fields


@dataclass(frozen=True, kw_only=True)
class Text(Rule):
    """A string; `longest` and `exactly` count characters."""

    longest: int | None = None
    exactly: int | None = None

    def _schema(self) -> Schema:
        if self.exactly is not None:
            return {"type": "string", "minLength": self.exactly, "maxLength": self.exactly}
        return {"type": "string"} | ({"maxLength": self.longest} if self.longest else {})

    def _read(self, value: object, at: str, complaints: Complaints) -> str | None:
        if not is_text(value):
            complaints.add(at, "The {} field must be a string.")
        elif self.longest is not None and len(value) > self.longest:
            longest = self.longest
            complaints.add(at, f"The {{}} field must not be greater than {longest} characters.")
        elif self.exactly is not None and len(value) != self.exactly:
            complaints.add(at, f"The {{}} field must be {self.exactly} characters.")
        else:
            return value
        return None


@dataclass(frozen=True, kw_only=True)
class Choice(Rule):
    """One of a few words."""

    among: tuple[str, ...]

    def _schema(self) -> Schema:
        return {"type": "string", "enum": list(self.among)}

    def _read(self, value: object, at: str, complaints: Complaints) -> object:
        if value not in self.among:
            complaints.add(at, "The selected {} is invalid.")
        return value


@dataclass(frozen=True, kw_only=True)
class Known(Rule):
    """The id of something that the account holds."""

    among: Collection[str]

    def _schema(self) -> Schema:
        return {"type": "string"}

    def _read(self, value: object, at: str, complaints: Complaints) -> object:
        if not isinstance(value, str) or value not in self.among:
            complaints.add(at, "The selected {} is invalid.")
        return value


@dataclass(frozen=True, kw_only=True)
class Moment(Rule):
    """A date or a date-time."""

    def _schema(self) -> Schema:
        return {"type": "string", "format": "date-time"}

    def _read(self, value: object, at: str, complaints: Complaints) -> str | None:
        moment = read_moment(value) if isinstance(value, str) else None
        if moment is None:
            complaints.add(at, "The {} field must be a valid date.")
        return moment


@dataclass(frozen=True, kw_only=True)
class Number(Rule):
    """An amount or a rate, kept in hundredths."""

    def _schema(self) -> Schema:
        return {"type": "number"}

    def _read(self, value: object, at: str, complaints: Complaints) -> int | None:
        number = decimal_of(value)
        if number is None:
            complaints.add(at, "The {} field must be a number.")
            return None
        amount = hundredths(number)
        if amount is None:
            complaints.add(at, "The {} field must be between -999999999999.99 and 999999999999.99.")
        return amount


@dataclass(frozen=True, kw_only=True)
class Flag(Rule):
    """A boolean, also as 1, 0 or the words true and false."""

    def _schema(self) -> Schema:
        return {"type": "boolean"}

    def _read(self, value: object, at: str, complaints: Complaints) -> bool | None:
        flag = {"1": True, "true": True, "0": False, "false": False}.get(str(value).lower())
        if flag is None:
            complaints.add(at, "The {} field must be true or false.")
        return flag


def is_text(value: object) -> TypeGuard[str]:
    """Tell whether this is a string that can be stored; one with a lone surrogate cannot."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def numbered(value: object) -> Iterable[tuple[str, object]] | None:
    """Return an array's keys and items, None if it is no array; a form's keys may have gaps."""
    if isinstance(value, Mapping):
        return value.items()
    if isinstance(value, list):
        return [(str(index), item) for index, item in enumerate(value)]
    return None
