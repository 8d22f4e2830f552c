"""The files inside a PDF that may be its invoice as XML, likeliest first.

pypdf belongs to an extra, and is imported only where there is something to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pypdf.generic import StreamObject

LARGEST = 10 * 1024 * 1024
"""Bytes that anything inside a PDF may be inflated to."""

MOST = 10
"""Attachments of one document that are looked at."""

NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
"""What the standards have the invoice called: Factur-X and ZUGFeRD 2.1 and later, ZUGFeRD 1.0 and
2.0, XRechnung as a ZUGFeRD profile. Case differs between them, and among those who write them."""

RELATIONSHIPS = ("Data", "Source", "Alternative")
"""What it may be to the pages, by ZUGFeRD's and Factur-X's specification (`/AFRelationship`)."""

_LISTED = 1_000  # entries followed in each of the places that list attachments
_TRACE = re.compile(rb"/(?:EF[\s\0<%]|ObjStm)")
_TRACES = re.compile(
    # or the length of much that may be passed over, unless it is said elsewhere (`/Length 5 0 R`)
    rb"/(?:EF[\s\0<%]|ObjStm|Length\s+(?P<length>\d{5,10})(?!\d|\s+\d+\s+R))"
)
_REST_OF_DICTIONARY = re.compile(rb"(?:(?!/EF\b|/ObjStm).){0,1000}?>>\s{0,9}stream\r?\n", re.DOTALL)
_END_OF_STREAM = re.compile(rb"\s{0,9}endstream")
_XML = re.compile(rb"\s*<|\xef\xbb\xbf\s*<|\xff\xfe|\xfe\xff")
_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": LARGEST,
    "lzw_maximum_output_length": LARGEST,
    "run_length_maximum_output_length": LARGEST,
    "brotli_maximum_output_length": LARGEST,
    "array_based_stream_maximum_output_length": LARGEST,
    "stream_decoding_work_maximum_length": 4 * LARGEST,  # by all filters of a stream together
    "zlib_maximum_recovery_input_length": 1024 * 1024,  # it goes on byte by byte, in Python
    "jbig2dec_binary": None,  # a program that pypdf would start
}
_Kind = TypeVar("_Kind")


class Unreadable(Exception):
    """A PDF, or a file inside it, that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a PDF, not inflated yet."""

    name: str
    """As the document says, without folders. Anybody's text."""
    relationship: str
    """To the pages: `Alternative`, `Data`, …; empty where it is not said."""
    stream: StreamObject

    @property
    def has_known_name(self) -> bool:
        """Whether it is called what an e-invoice has to be called."""
        return self.name.lower() in NAMES

    @property
    def rank(self) -> int:
        """The lower, the likelier it is the invoice."""
        if self.has_known_name:
            return NAMES.index(self.name.lower())
        relationships = (*RELATIONSHIPS, self.relationship)
        return len(NAMES) + relationships.index(self.relationship)

    def content(self) -> bytes:
        """What is in the file, inflated and decrypted.

        :raises Unreadable: it is broken, or larger than `LARGEST`.
        """
        from pypdf import apply_configuration  # noqa: PLC0415 - an extra

        try:
            with apply_configuration(**_LIMITS):
                data = self.stream.get_data()
        except MemoryError:
            raise
        except Exception as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from error
        if len(data) > LARGEST:
            raise Unreadable(f"It is larger than {LARGEST} bytes.")
        return data


def may_have_attachments(pdf: bytes) -> bool:
    """Tell a scan from what is worth looking into, without parsing either: in ms, not a process.

    Every attachment hangs on a dictionary with an entry /EF. It is there to be read, or inside an
    object stream, whose own dictionary (/ObjStm) is; encryption leaves both as they are. The name
    in any other spelling (/E#46) is taken for none.
    """
    return b"%PDF-" in pdf[:1024] and _has_traces(pdf)


def _has_traces(pdf: bytes) -> bool:
    at = 0
    while found := _TRACES.search(pdf, at):
        if not found["length"]:
            return True
        behind = _behind_stream(pdf, found)
        if behind is None:  # nothing more is passed over: each attempt may have looked far ahead
            return _TRACE.search(pdf, found.end()) is not None
        at = behind
    return False


def _behind_stream(pdf: bytes, found: re.Match[bytes]) -> int | None:
    """Where a stream ends; None if its length is not true.

    A picture is nearly all of a scan, and to look through it keeps all other threads waiting.
    """
    begin = _REST_OF_DICTIONARY.match(pdf, found.end())
    if begin is None:
        return None
    end = begin.end() + int(found["length"])
    return end if _END_OF_STREAM.match(pdf, end) else None


def looks_like_xml(content: bytes) -> bool:
    """Whether a file begins as XML does, in any encoding that XML parsers must know."""
    return _XML.match(content) is not None


def attachments(pdf: bytes) -> list[Attachment]:
    """The attachments of a document, the likeliest to be its invoice first; `MOST` at most.

    Encrypted documents are read if they open without a password, broken ones as far as pypdf can
    repair them.

    :raises Unreadable: it is not a PDF, needs a password, or is too broken or too large inside.
    :raises ImportError: pypdf is not installed, or too old.
    """
    from pypdf import PdfReader, apply_configuration  # noqa: PLC0415 - an extra
    from pypdf.errors import FileNotDecryptedError  # noqa: PLC0415

    try:
        with apply_configuration(**_LIMITS):
            found = list(_distinct(_specifications(PdfReader(BytesIO(pdf)).root_object)))
    except MemoryError:
        raise
    except FileNotDecryptedError as error:
        raise Unreadable("The PDF needs a password.") from error
    except Exception as error:  # a hostile PDF makes pypdf raise nearly anything
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    return sorted(found, key=lambda one: one.rank)[:MOST]


def _specifications(catalog: object) -> Iterator[tuple[str, object]]:
    """Yield each file specification with the name it is listed by, from both lists of them.

    A document is to have its invoice in both; there are programs that forget either.
    """
    associated = _entry(catalog, "/AF", object)
    for one in islice(associated if isinstance(associated, list) else [associated], _LISTED):
        yield "", _resolved(one)
    tree = _entry(_entry(catalog, "/Names", dict), "/EmbeddedFiles", dict)
    yield from islice(_leaves(tree), _LISTED)


def _leaves(tree: object) -> Iterator[tuple[str, object]]:
    """Yield what a name tree holds, however deep it is, and if it bites its own tail."""
    pending, seen = [tree], set[int]()
    while pending and len(seen) < _LISTED:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        listed: list[object] = _entry(node, "/Names", list) or []
        for name, specification in zip(listed[::2], listed[1::2], strict=False):
            yield _text(_resolved(name)), _resolved(specification)
        kids: list[object] = _entry(node, "/Kids", list) or []
        pending += [_resolved(kid) for kid in reversed(kids[:_LISTED])]


def _distinct(specifications: Iterator[tuple[str, object]]) -> Iterator[Attachment]:
    from pypdf.generic import StreamObject  # noqa: PLC0415 - an extra

    seen = set[int]()
    for listed_name, specification in specifications:
        files = _entry(specification, "/EF", dict)
        stream = _entry(files, "/UF", StreamObject) or _entry(files, "/F", StreamObject)
        if stream is None or id(stream) in seen:
            continue
        seen.add(id(stream))
        names = [_text(_entry(specification, key, object)) for key in ("/UF", "/F")]
        name = next(filter(None, [*names, listed_name]), "")
        relationship = _text(_entry(specification, "/AFRelationship", object))
        yield Attachment(re.split(r"[/\\]", name)[-1].strip(), relationship.lstrip("/"), stream)


def _entry(dictionary: object, key: str, kind: type[_Kind]) -> _Kind | None:
    """Return an entry of what should be a dictionary, if it is of the kind that it should be."""
    if not isinstance(dictionary, dict) or key not in dictionary:
        return None
    value = dictionary[key]  # pypdf's dictionaries follow references
    return value if isinstance(value, kind) else None


def _resolved(value: Any) -> object:
    return value.get_object() if hasattr(value, "get_object") else value


def _text(value: object) -> str:
    if isinstance(value, bytes):  # a string in no encoding that pypdf knows
        return value.decode("latin-1")
    return value if isinstance(value, str) else ""
