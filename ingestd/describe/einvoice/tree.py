"""Finding what is written by the names of elements alone.

Namespaces are told by the root. Below it they are not compared: real documents declare wrong
versions of them (a sample of ZUGFeRD 2.1 does), and no two of a name stand beside each other.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ingestd.describe.einvoice.written import Sum


def every(within: Element, *path: str) -> list[Element]:
    """All elements at a path of local names."""
    return within.findall("/".join(f"{{*}}{name}" for name in path))


def first(within: Element, *path: str) -> Element | None:
    """The first element at a path of local names."""
    return next(iter(every(within, *path)), None)


def text(within: Element, *path: str) -> str:
    """The text of the first element at a path, without spaces around it; empty where none is."""
    found = first(within, *path)
    return written_in(found) if found is not None else ""


def written_in(element: Element) -> str:
    """An element's own text, without spaces around it."""
    return (element.text or "").strip()


def amounts(within: Element, *path: str) -> tuple[Sum, ...]:
    """All amounts at a path, each with the currency that it names."""
    return tuple(
        Sum(written_in(found), found.get("currencyID", "").strip())
        for found in every(within, *path)
    )


def amount(within: Element, *path: str) -> Sum:
    """The first amount at a path; an empty one where none is."""
    return next(iter(amounts(within, *path)), Sum(""))
