"""What became of a partner's own events, asked by the partner with a signature over an empty body."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.errors import Rejected
from domain.intake.referral_columns import shown
from gateway.http.paging import PLACE, Cursor, Links, place_of
from gateway.http.problems import SIGNED
from gateway.partners.openapi import ASKING
from gateway.partners.signing import Signed, Signer
from gateway.services import Served
from store import receipts
from store.inbox import InboxState
from store.receipts import Kept

router = APIRouter(prefix="/v1", tags=["partners"], responses=SIGNED)

EventStatus = Literal["accepted", "quarantined", "applied", "refused", "discarded"]
STATES: dict[EventStatus, list[InboxState]] = {
    "accepted": ["received", "forwarded"],  # on its way: which of both is our own affair
    "quarantined": ["quarantined"],
    "applied": ["applied"],
    "refused": ["refused"],
    "discarded": ["discarded"],
}
STATUS: dict[InboxState, EventStatus] = {state: name for name, states in STATES.items() for state in states}
HEADERS = {"parameters": ASKING}

Partner = Annotated[Signer, Depends(Signed())]


class Status(BaseModel):
    """How one event stands; nothing in it says whom the event is about."""

    id: str
    kind: str
    status: EventStatus
    reason: str | None
    observed_at: datetime | None
    received_at: datetime


class StatusPage(BaseModel):
    """A partner's events in the order in which they first came."""

    events: list[Status]


@router.get("/receipts", openapi_extra=HEADERS)
async def all_receipts(  # noqa: PLR0913 - one argument a filter
    *,
    signed: Partner,
    services: Served,
    links: Links,
    status: EventStatus | None = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> StatusPage:
    """Tell a partner how its events stand, page by page: `Link` names the next one."""
    (after,) = place_of(cursor, PLACE) or (0,)
    async with services.pool.acquire() as conn:
        rows = await receipts.page(conn, signed.partner, after, limit, STATES[status] if status else None)
    links.page(rows, limit, lambda row: (row.seq,))
    return StatusPage(events=[_status(row) for row in rows])


@router.get("/events/{event_id:path}", openapi_extra=HEADERS)
async def receipt(event_id: str, signed: Partner, services: Served) -> Status:
    """Tell a partner how one of its events stands."""
    async with services.pool.acquire() as conn:
        row = await receipts.find(conn, signed.partner, event_id)
    if row is None:
        raise Rejected(
            "unknown-event", f"{signed.partner} sent no event {shown(event_id)}", "list your events: GET /v1/receipts"
        )
    return _status(row)


def _status(row: Kept) -> Status:
    return Status(
        id=row.event_id,
        kind=row.kind,
        status=STATUS[row.state],
        reason=row.reason,
        observed_at=row.observed_at,
        received_at=row.received_at,
    )
