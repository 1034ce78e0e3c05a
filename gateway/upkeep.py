"""Keeping the system sound: read models made anew, the journal proven, timers armed again, and its health."""

from typing import Annotated

import asyncpg
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from domain.access import Actor
from gateway.families import family
from gateway.parts import Served
from gateway.problems import DOCUMENTED
from gateway.security import Allow
from store import read_models
from store.rebuild import Rebuilt
from store.rebuild import rebuild as rebuild_read_models
from store.verify import Finding
from store.verify import verify as verify_journal

router = APIRouter(prefix="/v1", tags=["upkeep"], responses=DOCUMENTED)
health = APIRouter(tags=["health"])

Administrator = Annotated[Actor, Depends(Allow("administer"))]


class Verified(BaseModel):
    """What a check of the journal found; no findings: nothing was changed."""

    sound: bool
    findings: list[Finding]


class Rearmed(BaseModel):
    """How many open journeys run again."""

    journeys: int


class Health(BaseModel):
    """Which parts answer."""

    database: bool
    temporal: bool


@router.post("/rebuild")
async def rebuild(_actor: Administrator, parts: Served) -> Rebuilt:
    """Make the read models anew from the journal."""
    async with parts.pool.acquire() as conn:
        return await rebuild_read_models(conn)


@router.get("/verify")
async def verify(
    _actor: Annotated[Actor, Depends(Allow("verify"))], parts: Served, reference: str | None = None
) -> Verified:
    """Check the hash chains of the whole journal, or of one family's journeys."""
    async with parts.pool.acquire() as conn:
        rows = await family(conn, reference) if reference else []
        ids = [row.journey_id for row in rows] if reference else [None]
        findings = [finding for journey_id in ids for finding in await verify_journal(conn, journey_id)]
    return Verified(sound=not findings, findings=findings)


@router.post("/rearm")
async def rearm(_actor: Administrator, parts: Served) -> Rearmed:
    """Start the workflow of every open journey that has none, as after the loss of the whole Temporal cluster."""
    async with parts.pool.acquire() as conn:
        ids = await read_models.open_journey_ids(conn)
    return Rearmed(journeys=await parts.engine.rearm(ids))


@health.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that the process is up."""
    return {"status": "up"}


@health.get("/readyz")
async def readyz(parts: Served, response: Response) -> Health:
    """Tell whether the database and Temporal answer; 503 when one does not."""
    state = Health(database=await _database(parts), temporal=await parts.engine.ready())
    response.status_code = 200 if state.database and state.temporal else 503
    return state


async def _database(parts: Served) -> bool:
    try:
        async with parts.pool.acquire(timeout=2) as conn:
            await conn.execute("SELECT 1")
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True
