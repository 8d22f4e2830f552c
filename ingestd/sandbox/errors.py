"""A refused request, in the shape in which Laravel words it."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """A request that is answered with an error instead of being carried out.

    `errors` are the field errors of a 422; their keys use dots for nesting (`vats.0.vat`).
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers

    def body(self) -> dict[str, object]:
        """Return what is sent as JSON."""
        if self.errors is None:
            return {"message": self.message}
        return {"message": self.message, "errors": self.errors}


def invalid(errors: Mapping[str, list[str]]) -> Refused:
    """Return the 422 for these field errors, summed up as Laravel does."""
    complaints = [complaint for field in errors.values() for complaint in field]
    more = len(complaints) - 1
    summary = f" (and {more} more error{'s' if more > 1 else ''})" if more else ""
    return Refused(422, complaints[0] + summary, errors=errors)


def not_found() -> Refused:
    """Return the 404 of an invoice or booking that is not there."""
    return Refused(404, "Not found.")


def too_large() -> Refused:
    """Return the 413 of a body or file above the limit."""
    return Refused(413, "The POST data is too large.")
