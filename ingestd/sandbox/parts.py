"""The parts of a multipart body, put together as PHP does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from python_multipart.multipart import parse_options_header

from ingestd.sandbox.upload import Upload

# PHP's max_input_vars and max_input_nesting_level: what is beyond them is left out without a word.
MOST_FIELDS = 1000
_DEEPEST = 64
_KEY = re.compile(r"\[([^\]]*)\]")


class Parts:
    """Collects the parts while the body comes in; `complete` once its final boundary was seen."""

    def __init__(self) -> None:
        self.fields: list[tuple[str, str | Upload]] = []
        self.complete = False
        self._header = bytearray()
        self._header_value = bytearray()
        self._name = ""
        self._text = bytearray()
        self._upload: Upload | None = None

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """Return what the parser is to call."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_part_data": self._take,
            "on_part_end": self._end,
            "on_end": self._end_all,
        }

    def _begin(self) -> None:
        self._name, self._text, self._upload = "", bytearray(), None

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(self._header_value.decode("latin-1"))
            self._name = _decoded(options.get(b"name", b""))
            if b"filename" in options:
                self._upload = Upload(_decoded(options[b"filename"]))
        self._header, self._header_value = bytearray(), bytearray()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._upload is None:
            self._text += data[start:end]
        else:
            self._upload.add(data[start:end])

    def _end(self) -> None:
        upload = self._upload
        left_empty = upload is not None and not upload.filename and not upload.size
        if not left_empty and len(self.fields) < MOST_FIELDS:
            self.fields.append((self._name, upload or _decoded(bytes(self._text))))

    def _end_all(self) -> None:
        self.complete = True


def nested(fields: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Make arrays of names like `vats[0][vat]` and `tags[]`; of two equal names the later wins."""
    root: dict[str, object] = {}
    for name, value in fields:
        base, bracket, _ = name.partition("[")
        keys = [base, *_KEY.findall(name[len(base) :])] if bracket else [base]
        if len(keys) > _DEEPEST:
            continue
        place = root
        for key in keys[:-1]:
            place = _array_at(place, key)
        place[_free_key(place, keys[-1])] = value
    return root


def _array_at(place: dict[str, object], key: str) -> dict[str, object]:
    key = _free_key(place, key)
    inner = place.get(key)
    if not isinstance(inner, dict):
        inner = place[key] = {}
    return inner


def _free_key(place: dict[str, object], key: str) -> str:
    """Return the key itself; for `[]`, the next number."""
    return key or str(1 + max((int(known) for known in place if known.isdecimal()), default=-1))


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
