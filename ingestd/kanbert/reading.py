"""From an answer's body to what it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ingestd.kanbert.received import DuplicateCheck, Invoice, Page
from ingestd.kanbert.reply import Reply

M = TypeVar("M", bound=BaseModel)


def read_as(model: type[M]) -> Callable[[Reply], M]:
    """Make a reader for one kind of answer; it raises ValueError where the body is none."""

    def read(reply: Reply) -> M:
        value = reply.json()
        # Laravel wraps single resources as {"data": {…}} unless told not to. The page shows them
        # bare; both are taken.
        if model is not Page and isinstance(value, dict) and isinstance(value.get("data"), dict):
            value = value if "id" in value else value["data"]
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise ValueError(_first(error)) from None

    return read


def created(external_id: str | None) -> Callable[[Reply], Invoice]:
    """Make a reader for the answer to a create; an invoice with another `external_id` is none.

    A proxy that mixes answers up, or keeps them, must not have a document filed under the invoice
    of another.
    """

    def read(reply: Reply) -> Invoice:
        invoice = read_as(Invoice)(reply)
        asked, said = (external_id or "").strip(), (invoice.external_id or "").strip()
        if asked and said and asked != said:
            raise ValueError("external_id: another invoice's")
        return invoice

    return read


def check_of(md5: str) -> Callable[[Reply], DuplicateCheck]:
    """Make a reader for the answer to a check; one about another content says nothing of this."""

    def read(reply: Reply) -> DuplicateCheck:
        check = read_as(DuplicateCheck)(reply)
        if check.hash and check.hash.lower() != md5.lower():
            raise ValueError("hash: another content's")
        return check

    return read


def nothing(reply: Reply) -> None:
    """Read an answer that says all it has to say by its status."""


def _first(error: ValidationError) -> str:
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(map(str, wrong['loc'])) or 'body'}: {wrong['msg']}"
