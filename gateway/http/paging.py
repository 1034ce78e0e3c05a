"""Pages of a list: an opaque cursor says where the next one begins."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, TypeVar

import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from domain.errors import Rejected

_T = TypeVar("_T")
_Row = TypeVar("_Row")

Cursor = Annotated[str | None, Query(max_length=400, description="The cursor in the `Link` header of the page before.")]
PLACE = TypeAdapter(tuple[Annotated[int, Query(ge=0, lt=2**63)]])  # in a queue
MOMENT: TypeAdapter[tuple[datetime, str, str]] = TypeAdapter(tuple[AwareDatetime, str, str])  # in a list by time
OWED: TypeAdapter[tuple[str, date, date, str, str]] = TypeAdapter(tuple[str, date, date, str, str])  # by holder and day
QUEUED: TypeAdapter[tuple[str, str, date, date, str]] = TypeAdapter(tuple[str, str, date, date, str])  # by queue
NAME = TypeAdapter(tuple[str])  # in a list by name

LINKED = {
    "Link": {
        "schema": {"type": "string"},
        "description": 'The page after this one, as `<path>; rel="next"`; without it this page is the last.',
    }
}


def _cursor_of(*place: object) -> str:
    """Return the cursor of the page that begins after `place`."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of(cursor: str | None, shape: TypeAdapter[_T]) -> _T | None:
    """Return the place that a cursor names, None without one; raise `Rejected` for one that no page gave."""
    if cursor is None:
        return None
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        return shape.validate_python(told, strict=False)
    except (binascii.Error, ValueError, ValidationError) as fault:
        raise Rejected(
            "bad-cursor", "the cursor does not come from an earlier page", "copy it again, or start without one"
        ) from fault


class Linked:
    """Names the page after this one in a `Link` header (RFC 8288): the one way in which lists here are paged."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request, self._response = request, response

    def page(self, rows: Sequence[_Row], limit: int, place: Callable[[_Row], Sequence[object]]) -> None:
        """Link to what comes after `rows`, if they fill the page; `place` says where a row is in the list."""
        if len(rows) == limit:
            self.after(*place(rows[-1]))

    def after(self, *place: object) -> None:
        """Link to what comes after a place."""
        url = self._request.url.include_query_params(cursor=_cursor_of(*place))
        self._response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'


Links = Annotated[Linked, Depends(Linked)]
