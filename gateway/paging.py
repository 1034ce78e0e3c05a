"""Pages of a list: an opaque cursor says where the next one begins."""

import base64
import binascii
from typing import Annotated, TypeVar

import orjson
from fastapi import Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from domain.errors import Rejected

_T = TypeVar("_T")

Cursor = Annotated[str | None, Query(max_length=400, description="As the page before told it.")]
PLACE = TypeAdapter(tuple[Annotated[int, Query(ge=0, lt=2**63)]])  # in a queue


def cursor_of(*place: object) -> str:
    """Return the cursor of the page that begins after `place`."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of(cursor: str | None, shape: TypeAdapter[_T]) -> _T | None:
    """Return the place that a cursor names, None without one; raise `Rejected` for one that we never told."""
    if cursor is None:
        return None
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        return shape.validate_python(told, strict=False)
    except (binascii.Error, ValueError, ValidationError) as fault:
        raise Rejected(
            "bad-cursor", "the cursor is not one that a page told", "copy it again, or begin without one"
        ) from fault


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Name the next page in a `Link` header (RFC 8288), for lists whose body is the bare list."""
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        response.headers["link"] = f'<{url.path}?{url.query}>; rel="next"'
