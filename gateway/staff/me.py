"""Who asks: the name and role of the token, what they may do, and until when."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from domain.access import ACTIONS, Action, Actor, Role, may
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served
from store import staff

router = APIRouter(prefix="/v1", tags=["staff"], responses=DOCUMENTED)


class Me(BaseModel):
    """Who asks. `actions` may be done, by a key worker (`own`) only for own families; `until`: the token's end.

    `team` and `area` are those of the staff list; null means all of them, or that the list does not have this name.
    """

    name: str
    role: Role
    actions: list[Action]
    own: bool
    team: str | None
    area: str | None
    until: datetime


@router.get("/me")
async def me(actor: Annotated[Actor, Depends(Allow("see-self", own=True))], services: Served, request: Request) -> Me:
    """Tell who the token says is asking, and what that role allows."""
    async with services.pool.acquire() as conn:
        member = await staff.get(conn, actor.name)
    return Me(
        name=actor.name,
        role=actor.role,
        actions=[action for action in ACTIONS if may(actor, action, actor.name)],
        own=actor.role == "key-worker",
        team=member.team if member else None,
        area=member.area if member else None,
        until=request.state.token_until,
    )
