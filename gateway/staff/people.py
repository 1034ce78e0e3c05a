"""Who works with us: key workers and other staff."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from domain.access import Actor
from domain.channels import ADDRESS_OF, BESIDE_EMAIL, EMAIL_FORM, FOR_PEOPLE, ChannelName
from domain.errors import Rejected
from domain.model import Code
from gateway.http.paging import NAME, Cursor, Links, place_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Body
from gateway.partners.addresses import Addresses, good
from gateway.services import Served
from store import staff
from store.staff import StaffMember

router = APIRouter(prefix="/v1", tags=["staff"], responses=DOCUMENTED)

Administrator = Annotated[Actor, Depends(Allow("administer"))]


class StaffForm(Body):
    """A member of staff. Of somebody known, what is left out stays; `cap` null means the programme's.

    `channel` is that of reminders, and needs its address. Somebody new needs an `email`.
    """

    name: Code
    role: Literal["key-worker", "coordinator", "manager"] = "key-worker"
    email: str | None = Field(default=None, pattern=EMAIL_FORM, max_length=254)
    cap: int | None = Field(default=None, ge=1, le=100)
    active: bool = True
    team: Code | None = None
    area: Code | None = None
    channel: ChannelName = "email"
    addresses: Addresses = Field(default={}, description="Addresses for channels other than e-mail; shown to nobody.")


@dataclass(frozen=True, slots=True)
class Recorded(StaffMember):
    """A member of staff as recorded now; `was` holds each field that changed as it was before."""

    new: bool = True
    was: dict[str, str | int | bool | None] = field(default_factory=dict)
    addresses_set: tuple[str, ...] = ()


@router.get("/staff")
async def list_staff(
    _actor: Annotated[Actor, Depends(Allow("read", own=True))],
    services: Served,
    links: Links,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> list[StaffMember]:
    """List staff, with how many families each holds. `Link` names the next page."""
    (after,) = place_of(cursor, NAME) or ("",)
    async with services.pool.acquire() as conn:
        rows = await staff.listing(conn, limit=limit, after=after)
    links.page(rows, limit, lambda row: (row.name,))
    return rows


@router.post("/staff", status_code=201)
async def add_member(form: StaffForm, _actor: Administrator, services: Served) -> Recorded:
    """Add a member of staff, or change what is given of a known one."""
    given = form.model_dump(exclude={"addresses"}, exclude_unset=True)
    async with services.pool.acquire() as conn, conn.transaction():
        before, reached_by = await staff.known(conn, form.name) or (None, set())
        member = replace(before, **given) if before else _new(form)
        addresses = _reachable(member.channel, form.addresses, reached_by)
        await staff.add(conn, member, addresses)
        now = next(each for each in await staff.listing(conn) if each.name == member.name)
    was = {name: getattr(before, name) for name in given if getattr(before, name) != given[name]} if before else {}
    return Recorded(**asdict(now), new=before is None, was=was, addresses_set=tuple(addresses))


def _new(form: StaffForm) -> StaffMember:
    if form.email is None:
        reason = f"{form.name} is not on the staff list, and no e-mail address is given"
        raise Rejected("bad-address", reason, "give email; or see the names with: journeys staff list")
    return StaffMember(**form.model_dump(exclude={"addresses"}))


class Cap(Body):
    """How many open families a key worker may hold."""

    families: int = Field(ge=1, le=100)


@router.post("/staff/{name}/cap")
async def set_cap(name: Code, form: Cap, _actor: Administrator, services: Served) -> StaffMember:
    """Set a key worker's own caseload cap."""
    async with services.pool.acquire() as conn:
        if not await staff.set_cap(conn, name, form.families):
            raise Rejected("unknown-key-worker", f"no key worker {name}", "see journeys staff list")
        return next(each for each in await staff.listing(conn) if each.name == name)


def _reachable(channel: ChannelName, given: Addresses, reached_by: Collection[str]) -> dict[str, str]:
    """Return the addresses besides the e-mail address, or refuse a channel by which nobody could be reached."""
    if channel not in FOR_PEOPLE:
        reason = f"channel: reminders cannot be sent by {channel}"
        raise Rejected("bad-address", reason, f"use one of {', '.join(FOR_PEOPLE)}")
    strange = [name for name in given if name not in BESIDE_EMAIL]
    if strange:
        raise Rejected("bad-address", f"addresses: {strange[0]} does not belong here", "leave it out")
    needed = ADDRESS_OF[channel].name
    if needed not in {*given, *reached_by, "email"}:
        raise Rejected("bad-address", f"channel: {channel} needs an address", f"give {needed}")
    return good(given)
