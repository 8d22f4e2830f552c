"""How large the images of a PDF are drawn: what they are seen at decides what they must hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pikepdf import Dictionary, Matrix, Name, Object, Page, Pdf, Stream, parse_content_stream

from ingestd.shrink.answers import Unshrinkable

MOST_DRAWN = 100_000
"""Drawings that are followed: forms that draw forms could make any number of them."""

DEEPEST = 20
"""Forms within forms that are followed."""

ObjectId = tuple[int, int]
"""Number and generation of an object in its document."""


class Extent(NamedTuple):
    """Width and height on paper, in points of 1/72 inch."""

    width: float
    height: float

    def or_larger(self, other: Extent) -> Extent:
        """The larger one of each side."""
        return Extent(max(self.width, other.width), max(self.height, other.height))


UNKNOWN = Extent(math.inf, math.inf)
"""Of an image whose extent cannot be told: any resolution may be too low for it."""


def drawn(pdf: Pdf) -> dict[ObjectId, Extent]:
    """The images that the pages of a document draw, each with the largest extent that it has.

    Whatever else may draw them (patterns, annotations, glyphs, soft masks) is not followed, nor
    what they mask.

    :raises Unshrinkable: too much is drawn to follow it.
    """
    walk = _Walk()
    for page in pdf.pages:
        walk.follow_page(page)
    for image in (*_drawn_elsewhere(pdf), *_masks(pdf)):
        if image in walk.extents:
            walk.extents[image] = UNKNOWN
    return walk.extents


class _Walk:
    """Follows what is drawn, and remembers the images."""

    def __init__(self) -> None:
        self.extents: dict[ObjectId, Extent] = {}
        self._left = MOST_DRAWN

    def follow_page(self, page: Page) -> None:
        unit = float(page.obj.get("/UserUnit", 1))
        self._follow(page.obj, page.obj.get("/Resources"), Matrix(unit, 0, 0, unit, 0, 0), depth=0)

    def _follow(
        self, content: Object, resources: Object | None, ctm: Matrix | None, *, depth: int
    ) -> None:
        """Follow a content stream; `ctm` maps its space to points, None where that is unknown."""
        if depth > DEEPEST:
            raise Unshrinkable("Its pages are drawn in too many layers.")
        saved: list[Matrix | None] = []
        for one in parse_content_stream(content, "q Q cm Do"):
            operands: list[Any] = list(one.operands)
            match str(one.operator):
                case "q":
                    saved.append(ctm)
                case "Q":
                    ctm = saved.pop() if saved else ctm
                case "cm":
                    ctm = _concatenated(operands, ctm)
                case "Do":
                    drawing = _named(resources, operands)
                    if drawing is not None:
                        self._draw(drawing, resources, ctm, depth=depth)

    def _draw(
        self, drawing: Stream, resources: Object | None, ctm: Matrix | None, *, depth: int
    ) -> None:
        self._left -= 1
        if self._left < 0:
            raise Unshrinkable("Its pages draw more than can be followed.")
        if drawing.get("/Subtype") == Name.Image:
            before = self.extents.get(drawing.objgen, Extent(0, 0))
            self.extents[drawing.objgen] = before.or_larger(_extent(ctm))
        elif drawing.get("/Subtype") == Name.Form:
            inner = _concatenated(list(drawing.get("/Matrix", [1, 0, 0, 1, 0, 0])), ctm)
            self._follow(drawing, drawing.get("/Resources", resources), inner, depth=depth + 1)


def _concatenated(numbers: list[Any], ctm: Matrix | None) -> Matrix | None:
    try:
        first = Matrix(*map(float, numbers))
    except (TypeError, ValueError):
        return None
    return None if ctm is None else first @ ctm


def _extent(ctm: Matrix | None) -> Extent:
    """Of the unit square, which is what an image is drawn into."""
    if ctm is None:
        return UNKNOWN
    return Extent(math.hypot(ctm.a, ctm.b), math.hypot(ctm.c, ctm.d))


def _named(resources: Object | None, operands: list[Any]) -> Stream | None:
    listed = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    if not isinstance(listed, Dictionary) or len(operands) != 1:
        return None
    name = operands[0]
    found = listed.get(name) if isinstance(name, Name) else None
    return found if isinstance(found, Stream) else None


def _drawn_elsewhere(pdf: Pdf) -> Iterator[ObjectId]:
    """Yield the images that something may draw whose extent on paper is not followed."""
    scopes = pdf.content_scopes(kinds=("appearance", "pattern", "glyph", "softmask"))
    pending: list[Object | None] = [scope.resources for scope in scopes]
    seen = set[ObjectId]()
    while pending:
        for one in _listed(pending.pop()):
            if one.objgen in seen:
                continue
            seen.add(one.objgen)
            yield one.objgen
            pending.append(one.get("/Resources"))


def _masks(pdf: Pdf) -> Iterator[ObjectId]:
    """Yield the images that are another's mask: that is drawn as large as the other."""
    for one in pdf.objects:
        if isinstance(one, Stream) and one.get("/Subtype") == Name.Image:
            masks = one.get("/SMask"), one.get("/Mask")
            yield from (mask.objgen for mask in masks if isinstance(mask, Stream))


def _listed(resources: Object | None) -> Iterable[Stream]:
    listed = resources.get("/XObject") if isinstance(resources, Dictionary) else None
    values = listed.values() if isinstance(listed, Dictionary) else ()
    return [one for one in values if isinstance(one, Stream)]
