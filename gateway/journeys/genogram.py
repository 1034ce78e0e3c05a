"""A family drawn: who is of it, and how they are related."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from domain.journey.evolve import fold
from gateway.http.problems import ON_A_JOURNEY
from gateway.http.security import Allow
from gateway.journeys.families import theirs
from gateway.journeys.genogram_svg import genogram
from gateway.journeys.looks import looked
from gateway.journeys.views import Number
from gateway.journeys.words import Reading, names_of
from gateway.services import Served
from store import journal

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["case file"], responses=ON_A_JOURNEY)

NAMES = Allow("read-names", own=True)


class Genogram(BaseModel):
    """A family drawn: a whole SVG document, without scripts and without links."""

    reference: str
    names: bool
    svg: str


@router.get("/genogram")
async def drawn(
    *,
    asked: Reading,
    services: Served,
    journey: Number = None,
    names: Annotated[bool, Query(description="With forenames, for those who may read names.")] = False,
) -> Genogram:
    """Draw the people of a family and how they are related, as SVG."""
    if names:
        NAMES.check(asked.actor, theirs(asked.actor, asked.journey), "/v1/journeys/{reference}/genogram")
    row = asked.on(journey).journey
    async with services.pool.acquire() as conn:
        told = fold(one.event for one in await journal.timeline(conn, row.journey_id))
        record = await services.vault.read_family(conn, row.reference) if names else None
        await looked(conn, asked.actor, [row.reference], "case-with-names" if record else "case")
    lasting = [each for each in told.case.relationships if each.withdrawn is None]
    svg = genogram(row.reference, told.members, lasting, names_of(record))
    return Genogram(reference=row.reference, names=record is not None, svg=svg)
