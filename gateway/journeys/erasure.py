"""The erasure of a family: shown first where that is wanted, then done in one transaction of the journal."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from domain.errors import Rejected
from domain.journey.commands import EraseFamily
from domain.journey.decide import decide
from domain.journey.events import ErasureReason
from domain.journey.evolve import fold
from domain.journey.facts import Facts
from gateway.http.problems import ON_A_JOURNEY
from gateway.journeys.bodies import Body
from gateway.journeys.families import Asked, OnFamily
from gateway.journeys.steps import Key, carry, command_id
from gateway.services import Served, Services
from store import erasing, families, journal, programmes, read_models
from store.erasing import Holdings

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["path"], responses=ON_A_JOURNEY)


class Erase(Body):
    """Why the family is erased; `dry_run` judges and counts, and destroys nothing."""

    reason: ErasureReason
    despite_claims: bool = Field(
        default=False, description="Erase although claims are not settled: they are kept, and never judged again."
    )
    dry_run: bool = False


class Erasure(BaseModel):
    """What was destroyed of the family, or would be, and what stays.

    Once it is `already` done there is no key, and all is 0 but what stays, unless a restored backup brought some of it
    back: that is destroyed again. Families that were `merged` into it are erased with it. `erased_on` is missing for a
    dry run that comes before it.
    """

    reference: str
    dry_run: bool
    already: bool
    erased_on: date | None
    reason: str
    held: Holdings
    merged: list[str] = []
    claims_under_way: list[str]


@router.post("/erase")
async def erase(
    body: Erase, asked: Annotated[Asked, Depends(OnFamily("erase"))], services: Served, key: Key = None
) -> Erasure:
    """Destroy the family's key, and with it every name, date of birth, identifier and address, for ever.

    Refused while a journey of the family is open, and, unless `despite_claims`, while claims of it are under way.
    """
    reference, before = asked.journey.reference, asked.journey.erased_on
    async with services.pool.acquire() as conn:
        merged = await families.merged_into(conn, reference)
        held = await erasing.holdings(conn, reference)
        left = await erasing.still_open(conn, reference)
        for other in merged:
            held = held.and_those(await erasing.holdings(conn, other))
            left = left.with_those_of(await erasing.still_open(conn, other))
    if body.dry_run:
        await _judge(services, asked, _order(body), key)
    else:
        await carry(services, asked, _order(body), key)
    async with services.pool.acquire() as conn:
        newest = (await read_models.by_reference(conn, reference))[-1]
    return Erasure(
        reference=reference,
        dry_run=body.dry_run,
        already=before is not None,
        erased_on=newest.erased_on,
        reason=newest.erased_for or body.reason,
        held=held,
        merged=sorted(merged),
        claims_under_way=list(left.claims),
    )


def _order(body: Erase) -> Callable[[dict[str, Any]], EraseFamily]:
    def order(common: dict[str, Any]) -> EraseFamily:
        return EraseFamily(reason=body.reason, despite_claims=body.despite_claims, **common)

    return order


async def _judge(
    services: Services, asked: Asked, order: Callable[[dict[str, Any]], EraseFamily], key: str | None
) -> None:
    """Judge an erasure as it would be judged now, on the version that was seen; raise `Rejected` where it would be."""
    common = {"command_id": command_id(key), "at": await services.now(), "actor": asked.actor.code}
    async with services.pool.acquire() as conn:
        journey = fold(recorded.event for recorded in await journal.timeline(conn, asked.journey.journey_id))
        programme = await programmes.get(conn, journey.programme_hash)
        left = await erasing.still_open(conn, journey.reference)
        for other in await families.merged_into(conn, journey.reference):
            left = left.with_those_of(await erasing.still_open(conn, other))
    if asked.seen_version not in {None, journey.version}:
        reason = f"{journey.reference} is at version {journey.version}, not {asked.seen_version}"
        raise Rejected("changed-since", reason, f"look again (journeys show {journey.reference}), and decide again")
    decide(journey, order(common), Facts(still_open=left), programme)
