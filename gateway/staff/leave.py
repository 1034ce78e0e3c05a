"""Leave and leavers: a whole caseload shared out and handed over, family by family, so that it can be gone on with."""

import hashlib
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from domain.access import Actor, may_answer
from domain.calendar import local_date
from domain.errors import Rejected
from domain.journey.commands import AcceptHandover, AnyCommand, OfferHandover
from domain.leave import Family, Share, share_out
from domain.model import Code
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.journeys.bodies import Body
from gateway.services import Served, Services
from store import programmes, read_models, staff
from store.pool import Conn
from store.read_models import Filters
from store.staff import StaffMember

router = APIRouter(prefix="/v1/staff/{name}", tags=["staff"], responses=DOCUMENTED)

Allocating = Annotated[Actor, Depends(Allow("allocate"))]
State = Literal["to-offer", "offered", "handed-over", "waits"]
MOST = 500  # families one person can hold at all


class Leave(Body):
    """Who takes over, and from which day the leaver takes no new families; `accept_for` hands over at once."""

    to: list[Code] = Field(default=[], max_length=50)
    leaving_from: date | None = Field(default=None, alias="from", description="Default: today.")
    dry_run: bool = False
    accept_for: bool = Field(default=False, description="Accept for the receivers; managers only.")
    limit: int = Field(default=MOST, ge=1, le=MOST, description="Hand over at most this many in this request.")


class Handed(BaseModel):
    """One family of the leaver: who gets it, where that stands, and why it waits."""

    reference: str
    to: str
    state: State
    reason: str | None = None


class Left(BaseModel):
    """How far a caseload is handed over; `left` counts what a further request goes on with.

    `room` is that under the widest of the families' programmes, where the receivers have no cap of their own.
    """

    name: str
    leaving_from: date | None
    dry_run: bool
    room: dict[str, int]
    families: list[Handed]
    left: int


class Returned(BaseModel):
    """Who takes families again."""

    name: str


@router.post("/leave")
async def leave(name: Code, form: Leave, actor: Allocating, services: Served) -> Left:
    """Share out a leaver's families and offer each, or with `accept_for` hand it over; asked again, it goes on.

    Where the receivers have not room for all of them, nothing is done.
    """
    day = form.leaving_from or await services.today()
    async with services.pool.acquire() as conn:
        await _known(conn, name, form, actor)
        receivers = await staff.receivers(conn, form.to, await services.today())
        families = await _families(conn, name)
        shares = share_out(families, receivers)
        _all_placed(name, shares, form.to)
        widest = max([family.cap for family in families], default=(await services.programme()).cap)
        if not form.dry_run:
            await staff.leave(conn, name, day)
    told = [await _hand(services, actor, form, share) for share in shares[: form.limit]] if not form.dry_run else []
    rest = [_told(share, "offered" if share.offered else "to-offer") for share in shares[len(told) :]]
    left = 0 if form.dry_run else len(rest)
    room = dict.fromkeys(form.to, 0) | {each.name: max(0, each.room(widest)) for each in receivers}
    return Left(name=name, leaving_from=day, dry_run=form.dry_run, room=room, families=[*told, *rest], left=left)


@router.post("/return")
async def come_back(name: Code, _actor: Allocating, services: Served) -> Returned:
    """End a leave: new families can be allocated again; what was handed over stays where it is."""
    async with services.pool.acquire() as conn:
        if not await staff.leave(conn, name, None):
            raise _unknown(name)
    return Returned(name=name)


async def _known(conn: Conn, name: str, form: Leave, actor: Actor) -> None:
    """Refuse whom nobody knows, the leaver as a receiver, and acceptance by whoever may not accept."""
    leaver = await staff.get(conn, name)
    receivers = [await staff.get(conn, each) for each in dict.fromkeys(form.to)]
    for each, member in [(name, leaver), *zip(dict.fromkeys(form.to), receivers, strict=True)]:
        if member is None or member.role != "key-worker":
            raise _unknown(each)
    if name in form.to:
        raise Rejected("same-holder", f"{name} is leaving and cannot take over", "name other key workers with --to")
    if form.accept_for:
        _may_accept(actor, await staff.get(conn, actor.name), [each for each in receivers if each is not None])


def _may_accept(actor: Actor, own: StaffMember | None, receivers: list[StaffMember]) -> None:
    for each in receivers:
        if actor.role != "manager" or not may_answer(actor, each.name, own.team if own else None, each.team):
            raise Rejected(
                "not-allowed",
                f"only a manager of {each.name}'s team may accept for {each.name}",
                "leave out --accept-for: the families are offered, and the receivers accept",
            )


async def _families(conn: Conn, name: str) -> list[Family]:
    rows = await read_models.journeys(conn, Filters(key_worker=name, open=True), limit=MOST)
    return [
        Family(
            journey_id=row.journey_id,
            reference=row.reference,
            version=row.version,
            cap=(await programmes.get(conn, row.programme_hash)).cap,
            offered_to=row.handover_to,
        )
        for row in rows
    ]


def _all_placed(name: str, shares: tuple[Share, ...], to: list[str]) -> None:
    missing = [share.family.reference for share in shares if share.to is None]
    if missing:
        among = f"{', '.join(to)} have no room for" if to else "nobody is named to take over"
        raise Rejected(
            "no-room",
            f"{name} holds {len(shares)} families; {among} {', '.join(missing)}; nothing was done",
            "name more key workers with --to, or raise a cap with: journeys staff cap NAME FAMILIES",
        )


async def _hand(services: Services, actor: Actor, form: Leave, share: Share) -> Handed:
    """Offer one family, and accept it where that is asked for; a refusal of either is told and holds up no other."""
    try:
        if not share.offered:
            await _submit(services, actor, share, "offer")
        if form.accept_for:
            await _submit(services, actor, share, "accept")
    except Rejected as fault:
        return _told(share, "waits", str(fault))
    return _told(share, "handed-over" if form.accept_for else "offered")


async def _submit(services: Services, actor: Actor, share: Share, what: Literal["offer", "accept"]) -> None:
    """Give one command under an id of its own: what was cut off half-way is the same command when it is asked again."""
    at, to = await services.now(), share.to or ""
    told = f"{share.family.journey_id} {share.family.version} {to} {what}"
    name = f"leave:{hashlib.sha256(told.encode()).hexdigest()[:32]}"
    common = {"command_id": name, "at": at, "actor": actor.code, "on": local_date(at)}
    command: AnyCommand = OfferHandover(**common, to=to) if what == "offer" else AcceptHandover(**common, key_worker=to)
    await services.engine.submit(share.family.journey_id, command)


def _told(share: Share, state: State, reason: str | None = None) -> Handed:
    return Handed(reference=share.family.reference, to=share.to or "", state=state, reason=reason)


def _unknown(name: str) -> Rejected:
    return Rejected("unknown-key-worker", f"no key worker {name}", "see journeys staff list")
