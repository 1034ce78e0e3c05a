"""`/v1/refusals`: what was refused at Temporal's port, and the word of an administrator who has seen it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.access import Actor
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served
from store import refusals
from store.refusals import Refusals

router = APIRouter(prefix="/v1", tags=["upkeep"], responses=DOCUMENTED)


class Listed(BaseModel):
    """Everything that was refused, the last first."""

    refusals: list[Refusals]


@router.get("/refusals")
async def list_refusals(_actor: Annotated[Actor, Depends(Allow("verify"))], services: Served) -> Listed:
    """List what was refused at Temporal's port: what it came as, why, how often and when last."""
    async with services.pool.acquire() as conn:
        return Listed(refusals=await refusals.everything(conn))


@router.post("/refusals/seen")
async def seen(actor: Annotated[Actor, Depends(Allow("administer"))], services: Served) -> Listed:
    """Note that everything listed was seen; the doctor is silent until more is refused."""
    async with services.pool.acquire() as conn:
        await refusals.seen(conn, actor.code, await services.now())
        return Listed(refusals=await refusals.everything(conn))
