"""A referral taken: judged, given a reference, its people put in the vault, and its journey opened."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.access import Actor
from domain.errors import Rejected
from domain.family import Member
from domain.intake.referral import Terms
from domain.intake.referring import check_family, rows_of
from domain.journey.commands import ReferFamily
from domain.journey.decide import decide
from domain.journey.facts import NO_FACTS
from domain.journey.state import UNREFERRED
from gateway.http.problems import DOCUMENTED, NotTaken
from gateway.http.security import Allow
from gateway.intake.reservations import Taking, digests, keep_people, reserve, undo
from gateway.journeys.bodies import Answer, Body
from gateway.journeys.steps import Key, command_id
from gateway.services import Served, Services
from store import inbox, read_models
from store.intake import Intake

router = APIRouter(prefix="/v1/journeys", tags=["path"], responses=DOCUMENTED)


MOST_TOLD = 200  # members; how many a family may have is judged by the rules, and these are many more


class MemberForm(Body):
    """A member as told; every field is text, judged by the one set of rules."""

    role: str = ""
    surname: str = ""
    forename: str = ""
    date_of_birth: str = ""
    upn: str = ""
    nhs_number: str = ""
    nino: str = ""
    police_urn: str = ""


class ReferralForm(Body):
    """A referral as told; `referred_on` is today unless given."""

    referrer: str = ""
    referred_on: str = ""
    locality: str = ""
    criteria: tuple[str, ...] = ()
    address: str = ""
    postcode: str = ""
    uprn: str = ""
    members: tuple[MemberForm, ...] = Field(default=(), max_length=MOST_TOLD)
    programme: str | None = None


@router.post("", status_code=201)
async def refer(
    form: ReferralForm, actor: Annotated[Actor, Depends(Allow("refer"))], services: Served, key: Key = None
) -> Answer:
    """Refer a family: open its journey."""
    programme = await services.programme(form.programme)
    terms = Terms(programme=programme, today=await services.today())
    told = form.model_dump() | {"referred_on": form.referred_on or terms.today.isoformat()}
    checked = check_family(rows_of(told), terms)
    if checked.referral is None:
        raise NotTaken(checked.faults)
    return await take(services, Taking(command_id(key), checked.referral, programme, actor))


async def take(services: Services, taking: Taking) -> Answer:
    """Take a referral; the same key again goes on where an earlier try stopped, with the same reference.

    Raise `Rejected` when its people are known already, or `Unavailable`: then the same key may be tried again.
    """
    async with services.pool.acquire() as conn, conn.transaction():
        reserved = await reserve(services, conn, taking)
        journeys = [row.journey_id for row in await read_models.by_reference(conn, reserved.reference)]
        if reserved.journey_id not in journeys:
            await keep_people(services, conn, taking.referral, reserved)
            journeys.append(reserved.journey_id)
    earlier = tuple(journeys[: journeys.index(reserved.journey_id)])
    try:
        reply = await services.engine.submit(reserved.journey_id, await _command(services, taking, reserved, earlier))
    except Rejected:
        await undo(services, reserved.reference)
        raise
    async with services.pool.acquire() as conn:
        if await inbox.release(conn, digests(services, taking.referral)):
            services.mail.set()
    return Answer.of(reserved.reference, reply)


async def try_out(services: Services, taking: Taking) -> None:
    """Judge a referral as `take` would, and leave nothing behind; raise `Rejected` where it would be rejected."""
    async with services.pool.acquire() as conn:
        undone = conn.transaction()
        await undone.start()
        try:
            reserved = await reserve(services, conn, taking)
            journeys = [row.journey_id for row in await read_models.by_reference(conn, reserved.reference)]
            await keep_people(services, conn, taking.referral, reserved)
            command = await _command(services, taking, reserved, tuple(journeys))
            decide(UNREFERRED, command, NO_FACTS, taking.programme)
        finally:
            await undone.rollback()


async def _command(services: Services, taking: Taking, reserved: Intake, earlier: tuple[str, ...]) -> ReferFamily:
    referral, programme = taking.referral, taking.programme
    return ReferFamily(
        command_id=taking.key,
        at=await services.now(),
        actor=taking.actor.code,
        on=referral.referred_on,
        journey_id=reserved.journey_id,
        reference=reserved.reference,
        area=programme.area,
        locality=referral.locality,
        programme=programme.name,
        programme_version=programme.version,
        programme_hash=programme.hash,
        members=tuple(Member(id=reserved.members[str(told.line)], role=told.role) for told in referral.people),
        referrer=referral.referrer,
        criteria=referral.criteria,
        earlier=earlier,
    )
