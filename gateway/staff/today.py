"""What must be done today: overdue, today, this week, offers, replies waited for, and families off their track."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.access import Actor
from domain.errors import Rejected
from gateway.http.known_names import known
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served
from store import staff
from store import today as days
from store.pool import Conn
from store.today import Item

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)

WEEK = timedelta(days=7)


class Day(BaseModel):
    """What is to be done on a day, by section and in each by holder; `more`: not everything found room.

    `team` is the team that was looked at, `holder` the key worker; neither: everybody.
    """

    day: date
    holder: str | None = None
    team: str | None = None
    items: list[Item]
    more: bool = False


@router.get("/today")
async def today(
    *,
    actor: Annotated[Actor, Depends(Allow("read", own=True))],
    services: Served,
    holder: str | None = None,
    team: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Day:
    """Tell what must be done: a key worker's own; a manager's team, or that of a team or a key worker who is named."""
    now = await services.today()
    async with services.pool.acquire() as conn:
        holder, team = await _whose(conn, actor, holder, team)
        workers = [holder] if holder else await _team(conn, team) if team else None
        items = await days.listing(conn, workers, now, now + WEEK, limit + 1, actor.name)
    return Day(day=now, holder=holder, team=team, items=items[:limit], more=len(items) > limit)


async def _whose(conn: Conn, actor: Actor, holder: str | None, team: str | None) -> tuple[str | None, str | None]:
    """Return whose day is asked for: without a word of it a key worker's own, and that of a manager's team."""
    if actor.role == "key-worker":
        return actor.name, None
    if holder is not None:
        await known(conn, holder=holder)
        return holder, None
    if team is None and actor.role == "manager":
        member = await staff.get(conn, actor.name)
        return None, member.team if member else None
    return None, team


async def _team(conn: Conn, team: str) -> list[str]:
    workers = await days.team(conn, team)
    if not workers:
        raise Rejected("unknown-team", f"no key worker is in team {team}", "see the teams with: journeys staff list")
    return workers
