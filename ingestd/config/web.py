"""Settings of who may ask how it goes."""

from __future__ import annotations

import ipaddress
import re
from pathlib import PurePath
from typing import NamedTuple, Self

from pydantic import field_validator, model_validator

from ingestd.config.table import Table


class Address(NamedTuple):
    """Where connections are taken."""

    host: str
    """An IP address."""
    port: int
    """0: whichever is free."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect to it."""
        return ipaddress.ip_address(self.host).is_loopback


class WebSettings(Table):
    """Who may ask how it goes, and where."""

    listen: str = ""
    token_file: str = ""

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, listen: str) -> str:
        if listen:
            _address(listen)
        return listen

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        if self.address and not self.address.is_loopback and not self.token_file:
            raise ValueError(
                f'"{self.listen}" can be reached from other machines: set token_file too, to a '
                "file with a token of your own; or listen on 127.0.0.1"
            )
        return self

    @property
    def address(self) -> Address | None:
        """Where to listen; None: nowhere."""
        return _address(self.listen) if self.listen else None


def _address(listen: str) -> Address:
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):([0-9]{1,5})", listen)
    if match and int(match[2]) < 2**16:
        host = "127.0.0.1" if match[1] == "localhost" else match[1].strip("[]")
        try:
            return Address(str(ipaddress.ip_address(host)), int(match[2]))
        except ValueError:
            pass
    raise ValueError(
        f'"{listen}" is no IP address with a port; write it like "127.0.0.1:8470" or "[::1]:8470"'
    )


class MetricsSettings(Table):
    """Where else the metrics are written."""

    textfile: str = ""

    @field_validator("textfile")
    @classmethod
    def _is_read(cls, textfile: str) -> str:
        if textfile and not (PurePath(textfile).is_absolute() and textfile.endswith(".prom")):
            raise ValueError(
                f'"{textfile}" must be a whole path that ends in .prom: node_exporter reads no '
                "other file"
            )
        return textfile
