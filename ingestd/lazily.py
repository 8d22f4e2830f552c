"""Packages that hand out names without importing what is behind them until it is asked for.

A command that only reads the ledger need not wait for an HTTP client to be imported. One that needs
all of it imports it for good.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


def lazily(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """Make a module's `__getattr__` (PEP 562).

    :param names: by module, relative to the package, the names that it has, with spaces between.
    """
    where = {name: module for module, listed in names.items() for name in listed.split()}

    def get(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{package}.{where[name]}"), name)

    return get


@contextmanager
def for_good() -> Iterator[None]:
    """Import what stays until the process ends.

    The garbage collector would look through all of it again and again, while it grows, afterwards,
    and at the end: a third of what starting and ending takes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def without(*libraries: str) -> Iterator[None]:
    """Import what takes libraries along where they are installed, and can do without them.

    structlog and httpx load all of rich, and httpx half of pygments before, which only people at a
    terminal need.
    """
    before = {library: sys.modules.get(library) for library in libraries}
    sys.modules.update(dict.fromkeys(libraries))  # type: ignore[arg-type]  # says "not there"
    try:
        yield
    finally:
        for library, module in before.items():
            del sys.modules[library]
            if module is not None:
                sys.modules[library] = module
