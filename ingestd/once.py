"""What is found out of an object once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value")


class once(Generic[_Owner, _Value]):  # noqa: N801 - it is used as `property` is
    """A property that is kept once it was found out; one that raises is tried again.

    In Python 3.11, `functools.cached_property` finds out one at a time over all objects of a class:
    while a file is read on a share that hangs, no other file would be, of whichever inbox.
    """

    def __init__(self, find_out: Callable[[_Owner], _Value]) -> None:
        self._find_out = find_out
        self.__doc__ = find_out.__doc__

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, one: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, one: _Owner, owner: type[Any]) -> _Value: ...

    def __get__(self, one: _Owner | None, owner: type[Any]) -> Self | _Value:
        if one is None:
            return self
        found = self._find_out(one)
        one.__dict__[self._name] = found  # is looked at before this is, which has no `__set__`
        return found
