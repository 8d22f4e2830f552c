"""What is said of one document: its e-invoice, or why there is none to be had."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ingestd.describe.attachments import Unreadable, attachments, looks_like_xml

LONGEST = 256 * 1024
"""Bytes of an answer."""


class EInvoice(Protocol):
    """What a reading function makes of an invoice's XML."""

    @property
    def fields(self) -> Mapping[str, Any]: ...  # noqa: D102 - see `reading.Reading`
    @property
    def warnings(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def complete(self) -> bool: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Mapper:
    """How an invoice's XML is read."""

    read_xml: Callable[[bytes], EInvoice]
    none_there: type[Exception]
    """What `read_xml` raises where the XML is no invoice; its message says why."""

    @classmethod
    def of(cls, module: str) -> Mapper:
        """Take `read_xml` and `NoEInvoice` from a module, by its dotted name."""
        found = importlib.import_module(module)
        return cls(found.read_xml, found.NoEInvoice)


def answer_to(pdf: bytes, mapper: Mapper) -> bytes:
    """Read the first attachment that is an e-invoice.

    :returns: JSON, of which `reading.reading_of` knows the shape.
    :raises MemoryError: the process is worth nothing any more.
    :raises ImportError: pypdf, or what the mapper needs, is not installed.
    """
    try:
        candidates = attachments(pdf)
    except Unreadable as error:
        return _encoded({"why": str(error)})
    whys: list[str] = []
    for candidate in candidates:
        try:
            content = candidate.content()
            if candidate.has_known_name or looks_like_xml(content):
                return _found(candidate.name, mapper.read_xml(content))
        except Exception as error:  # noqa: BLE001 - a hostile file makes a parser raise anything
            whys.append(f"{candidate.name}: {_why(error, mapper)}")
    return _encoded({"why": "; ".join(whys)[: LONGEST // 8]})


def answer_to_xml(xml: bytes, mapper: Mapper) -> bytes:
    """Read an e-invoice that is not in a PDF; as `answer_to`."""
    try:
        return _found("", mapper.read_xml(xml))
    except Exception as error:  # noqa: BLE001 - as in `answer_to`
        return _encoded({"why": _why(error, mapper)[: LONGEST // 8]})


def _why(error: Exception, mapper: Mapper) -> str:
    """Why an XML is no e-invoice; what no other XML could mend is raised."""
    if isinstance(error, MemoryError | ImportError):
        raise error
    known = isinstance(error, (Unreadable, mapper.none_there))
    return str(error) if known else f"{type(error).__name__}: {error}"


def _found(name: str, invoice: EInvoice) -> bytes:
    answer = _encoded(
        {
            "attachment": name,
            "kind": invoice.kind,
            "fields": dict(invoice.fields),
            "warnings": list(invoice.warnings),
            "complete": invoice.complete,
        }
    )
    if len(answer) > LONGEST:
        raise ValueError(f"What was read of it takes {len(answer)} bytes.")
    return answer


def _encoded(answer: Mapping[str, Any]) -> bytes:
    # "replace": half of a surrogate pair, from a PDF's own strings, could not be sent to anybody
    return json.dumps(answer, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
