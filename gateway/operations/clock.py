"""What day it is here: the business clock, so that whoever says "tomorrow" means the stack's tomorrow."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from domain.calendar import Nation, local_date
from gateway.http.problems import DOCUMENTED
from gateway.services import Served

router = APIRouter(tags=["health"], responses=DOCUMENTED)


class Clock(BaseModel):
    """The business clock in UTC, the day in Britain by it, and the nation whose working days count."""

    now: datetime
    today: date
    nation: Nation


@router.get("/clock")
async def clock(services: Served) -> Clock:
    """Tell the time by which steps are dated. It is no secret, and is asked before anybody has a token."""
    now = await services.now()
    programme = await services.programme()
    return Clock(now=now, today=local_date(now), nation=programme.nation)
