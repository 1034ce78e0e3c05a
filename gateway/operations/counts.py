"""Counts over everything; an analyst sees no count that is so small that it could point at a family."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from domain.access import Actor, conceal, conceal_all
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served
from store import inbox, read_models

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)


@router.get("/counts")
async def counts(actor: Annotated[Actor, Depends(Allow("count"))], services: Served) -> dict[str, Any]:
    """Count journeys by stage, reminders and notifications by state, claims, and partner events."""
    async with services.pool.acquire() as conn:
        totals = asdict(await read_models.totals(conn))
        totals["inbox"] = await inbox.counts(conn)
        totals["inbox_refusals"] = await inbox.refusals(conn)
    return {name: _concealed(actor, value) for name, value in totals.items()}


def _concealed(actor: Actor, value: dict[str, int] | int) -> dict[str, int | None] | int | None:
    if isinstance(value, dict):
        return conceal_all(actor, value)
    return conceal(actor, value)
