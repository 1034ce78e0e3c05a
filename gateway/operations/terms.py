"""School terms: added by a manager for an area, and from then on looked at by the claims of every journey of it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from domain.access import Actor
from domain.claims.school_terms import AreaTerm
from domain.errors import Rejected
from domain.model import Code
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Body
from gateway.services import Served
from store import terms
from store.terms import HeldTerm

router = APIRouter(prefix="/v1/terms", tags=["claims"], responses=DOCUMENTED)

MOST = 500


class NewTerm(Body):
    """The first and the last day of a term in an area."""

    area: Code
    from_: date = Field(alias="from")
    to: date


class Terms(Body):
    """The terms to add."""

    terms: list[NewTerm] = Field(min_length=1, max_length=MOST)


class Term(BaseModel):
    """A term of an area, who added it and on which day."""

    area: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    added_on: date
    added_by: str

    @classmethod
    def of(cls, held: HeldTerm) -> "Term":
        """Show a term as it is held."""
        return cls(
            area=held.area, first=held.first, last=held.last, added_on=held.added_at.date(), added_by=held.added_by
        )


class Taken(BaseModel):
    """How many terms are new and how many were known; those that shared a day with a new one no longer count."""

    added: int
    known: int
    replaced: list[Term]


@router.post("")
async def add_terms(body: Terms, actor: Annotated[Actor, Depends(Allow("administer"))], services: Served) -> Taken:
    """Add school terms; the next evaluation of every journey of their areas looks at them."""
    told = [_term(new) for new in body.terms]
    async with services.pool.acquire() as conn:
        done = await terms.add(conn, told, at=await services.now(), actor=actor.code)
    return Taken(added=done.added, known=done.known, replaced=[Term.of(held) for held in done.replaced])


@router.get("")
async def list_terms(
    _actor: Annotated[Actor, Depends(Allow("read"))], services: Served, area: str | None = None
) -> list[Term]:
    """List the school terms that were added; those of the packs are shown by `journeys programmes show`."""
    async with services.pool.acquire() as conn:
        return [Term.of(held) for held in await terms.listing(conn, area)]


def _term(new: NewTerm) -> AreaTerm:
    if new.to < new.from_:
        raise Rejected("bad-term", f"the term {new.from_} to {new.to} ends before it begins", "correct the dates")
    return AreaTerm(area=new.area, from_=new.from_, to=new.to)
