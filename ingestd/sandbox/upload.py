"""A file that was sent: hashed and measured as it came in, never kept."""

from __future__ import annotations

import hashlib

from ingestd.sandbox.errors import too_large

LARGEST_FILE = 15 * 1024 * 1024
_HEAD = 1024  # where a PDF's header may stand, after a mail gateway's or printer's preamble

_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")


class Upload:
    """A file on its way in."""

    def __init__(self, filename: str) -> None:
        self.filename = filename.replace("\\", "/").rpartition("/")[2]
        self.size = 0
        self._head = b""
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            Refused: 413 once there are more than `LARGEST_FILE`.
        """
        self.size += len(chunk)
        if self.size > LARGEST_FILE:
            raise too_large()
        self._head += chunk[: _HEAD - len(self._head)]
        self._md5.update(chunk)
        self._sha256.update(chunk)

    @property
    def md5(self) -> str:
        """The MD5 of what came, in lower-case hex."""
        return self._md5.hexdigest()

    @property
    def sha256(self) -> str:
        """The SHA-256 of what came, in lower-case hex."""
        return self._sha256.hexdigest()

    def is_document(self) -> bool:
        """Tell whether the content begins like a PDF or an image, whatever the name says."""
        head = self._head
        if b"%PDF-" in head or head.startswith(_IMAGES):
            return True
        return head[8:12] == b"WEBP" if head.startswith(b"RIFF") else head[4:10] in _HEIF


_HEIF = (b"ftyphe", b"ftypmi", b"ftypav")
