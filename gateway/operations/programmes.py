"""The rule packs that this gateway can use: listed, and one kept in the database before its first referral."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

import programmes
from domain.access import Actor
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)


class Pack(BaseModel):
    """A rule pack that referrals can name."""

    name: str
    version: str
    title: str
    hash: str


@router.get("/programmes")
async def list_programmes(_actor: Annotated[Actor, Depends(Allow("read", own=True))]) -> list[str]:
    """List the names of the rule packs."""
    return programmes.names()


@router.post("/programmes/{name}")
async def keep_programme(name: str, _actor: Annotated[Actor, Depends(Allow("administer"))], services: Served) -> Pack:
    """Keep a rule pack of the packs folder in the database, as its first referral would."""
    pack = await services.programme(name)
    return Pack(name=pack.name, version=pack.version, title=pack.title, hash=pack.hash)
