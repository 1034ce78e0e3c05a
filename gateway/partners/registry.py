"""Partner systems as staff keep them: added, their secrets rotated, suspended, and what is agreed with them."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from domain.access import Actor
from domain.calendar import local_date
from domain.errors import Rejected
from domain.intake.referral_columns import shown
from domain.model import Code
from domain.programme.agreements import Agreement
from gateway.http.known_names import unagreed
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Body
from gateway.partners.addresses import Addresses, as_seen_by, of_partner
from gateway.services import Served, Services
from store import partners
from store.errors import PartnerExists
from store.partners import Partner

router = APIRouter(prefix="/v1/partners", tags=["staff"], responses=DOCUMENTED)

Administrator = Annotated[Actor, Depends(Allow("administer"))]
Reader = Annotated[Actor, Depends(Allow("read"))]


class PartnerForm(Body):
    """A partner system."""

    name: Code
    addresses: Addresses = Field(default={})


class Rotation(Body):
    """For how long the secret before the new one still signs; 0 ends it at once."""

    keep_hours: int = Field(default=168, ge=0, le=24 * 90)


class PartnerSecret(Body):
    """A partner with the secret that signs its events, shown this once."""

    name: str
    secret: str
    older_until: datetime | None = None


class Added(PartnerSecret):
    """A partner that was added; `warning` where no agreement names it."""

    warning: str | None = None


class PartnerPage(BaseModel):
    """Partners by name."""

    partners: list[Partner]


class PartnerStatus(BaseModel):
    """Whether a partner may send at all."""

    name: str
    suspended: bool


class Agreed(BaseModel):
    """What the programme's agreements let a partner send and be told; `in_force` is today's, if any."""

    partner: str
    programme: str
    version: str
    today: date
    in_force: Agreement | None
    may_send: tuple[str, ...]
    may_be_sent: tuple[str, ...]
    agreements: list[Agreement]


@router.get("")
async def list_partners(
    actor: Reader,
    services: Served,
    links: Links,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> PartnerPage:
    """List partner systems. `Link` names the next page."""
    (after,) = place_of(cursor, NAME) or (None,)
    async with services.pool.acquire() as conn:
        rows = await partners.listing(conn, after, limit)
    links.page(rows, limit, lambda row: (row.name,))
    return PartnerPage(partners=[as_seen_by(actor, row) for row in rows])


@router.post("", status_code=201)
async def add_partner(form: PartnerForm, _actor: Administrator, services: Served) -> Added:
    """Add a partner system; its secret is shown this once."""
    warning = await unagreed(form.name)
    addresses = of_partner(services, form.addresses)
    try:
        async with services.pool.acquire() as conn:
            secret = await partners.add(conn, services.vault, form.name, addresses)
    except PartnerExists as fault:
        raise Rejected(
            "partner-exists",
            f"{form.name} is a partner already",
            "for a new secret: journeys partners rotate-secret NAME",
        ) from fault
    return Added(name=form.name, secret=secret, warning=warning)


@router.post("/{name}/rotate-secret")
async def rotate_secret(name: str, form: Rotation, _actor: Administrator, services: Served) -> PartnerSecret:
    """Give a partner a new secret, shown this once; the one before still signs for a while, and no older one."""
    async with services.pool.acquire() as conn:
        rotated = await partners.rotate(conn, services.vault, name, timedelta(hours=form.keep_hours))
    if rotated is None:
        raise _unknown(name)
    return PartnerSecret(name=name, secret=rotated.secret, older_until=rotated.older_until)


@router.post("/{name}/suspend")
async def suspend(name: str, _actor: Administrator, services: Served) -> PartnerStatus:
    """Take nothing more from a partner, and tell it nothing more, until it is resumed."""
    return await _stand(services, name, suspended=True)


@router.post("/{name}/resume")
async def resume(name: str, _actor: Administrator, services: Served) -> PartnerStatus:
    """Let a suspended partner back."""
    return await _stand(services, name, suspended=False)


@router.get("/{name}/agreement")
async def agreement(name: str, _actor: Reader, services: Served, programme: str | None = None) -> Agreed:
    """Tell what is agreed with a partner: what it may send, and what it may be told."""
    pack = await services.programme(programme)
    today = local_date(await services.now())
    held = [one for one in pack.agreements if one.partner == name]
    if not held:
        reason = f"{pack.name} names no agreement with {shown(name)}"
        raise Rejected("unknown-partner", reason, "see its agreements with: journeys programmes show PACK")
    now = pack.agreement(name, today)
    return Agreed(
        partner=name,
        programme=pack.name,
        version=pack.version,
        today=today,
        in_force=now,
        may_send=now.kinds if now else (),
        may_be_sent=now.categories if now and now.channel else (),
        agreements=held,
    )


async def _stand(services: Services, name: str, *, suspended: bool) -> PartnerStatus:
    async with services.pool.acquire() as conn:
        if not await partners.suspend(conn, name, suspended=suspended):
            raise _unknown(name)
    return PartnerStatus(name=name, suspended=suspended)


def _unknown(name: str) -> Rejected:
    return Rejected("unknown-partner", f"no partner {shown(name)}", "see journeys partners list")
