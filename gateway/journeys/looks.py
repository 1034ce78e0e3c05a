"""Who looked at a family: every read by name or of a story is kept, and told to managers and auditors."""

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Query

from domain.access import Actor
from gateway.http.paging import PLACE, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.journeys.families import Asked, OnFamily
from gateway.journeys.household import ShownFamily, of_stays
from gateway.services import Served, Services
from store import members, views
from store.pool import Conn
from store.read_models import JourneyRow
from store.views import View
from wiring.telemetry.request_id import FIELD

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)

What = Literal[
    "story",
    "story-with-names",
    "names",
    "find",
    "case",
    "case-with-names",
    "chronology",
    "chronology-with-names",
    "summary",
    "summary-with-names",
]


@router.get("/journeys/{reference}/views")
async def seen_by(
    asked: Annotated[Asked, Depends(OnFamily("see-views"))],
    services: Served,
    links: Links,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[View]:
    """List who looked at a family by name or by its story, the newest first. `Link` names the next page."""
    (before,) = place_of(cursor, PLACE) or (views.NEWEST,)
    async with services.pool.acquire() as conn:
        rows = await views.listing(conn, asked.journey.reference, limit, before)
    links.page(rows, limit, lambda row: (row.seq,))
    return rows


async def looked(conn: Conn, actor: Actor, references: Collection[str], what: What) -> None:
    """Keep that the actor read something of these families, before it is answered."""
    request_id = structlog.contextvars.get_contextvars().get(FIELD, "")
    await views.keep(conn, sorted(references), actor.code, what, request_id)


async def families_of(
    services: Services, conn: Conn, actor: Actor, rows: Sequence[JourneyRow]
) -> dict[str, ShownFamily]:
    """Return the people of these journeys by journey id, and keep that the actor read them; of an erased one none."""
    held = {
        reference: await services.vault.read_family(conn, reference) for reference in {row.reference for row in rows}
    }
    told = {reference: family for reference, family in held.items() if family is not None}
    await looked(conn, actor, told, "names")
    stays = await members.stays(conn, list(told))
    return {
        row.journey_id: of_stays(told[row.reference], [stay for stay in stays if stay.journey_id == row.journey_id])
        for row in rows
        if row.reference in told
    }
