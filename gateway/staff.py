"""Who works with us: key workers and other staff, and partner systems."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field, HttpUrl

from domain.access import Actor
from domain.errors import Rejected
from domain.model import Code
from gateway.bodies import Body
from gateway.parts import Served
from gateway.problems import DOCUMENTED
from gateway.security import Allow
from store import partners, staff
from store.errors import PartnerExists
from store.staff import StaffMember

router = APIRouter(prefix="/v1", tags=["staff"], responses=DOCUMENTED)

Administrator = Annotated[Actor, Depends(Allow("administer"))]


class WorkerForm(Body):
    """A member of staff; no `cap` means the programme's."""

    name: Code
    role: Literal["key-worker", "coordinator", "manager"] = "key-worker"
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)
    cap: int | None = Field(default=None, ge=1, le=100)
    active: bool = True


class PartnerForm(Body):
    """A partner system."""

    name: Code
    webhook_url: HttpUrl | None = None


class PartnerSecret(Body):
    """A partner with the secret that signs its events, shown this once."""

    name: str
    secret: str


@router.get("/workers")
async def workers(_actor: Annotated[Actor, Depends(Allow("read", own=True))], parts: Served) -> list[StaffMember]:
    """List staff, with how many families each holds."""
    async with parts.pool.acquire() as conn:
        return await staff.listing(conn)


@router.post("/workers", status_code=201)
async def add_worker(form: WorkerForm, _actor: Administrator, parts: Served) -> StaffMember:
    """Add a member of staff, or bring a known one up to date."""
    member = StaffMember(**form.model_dump())
    async with parts.pool.acquire() as conn:
        await staff.add(conn, member)
        return next(each for each in await staff.listing(conn) if each.name == member.name)


@router.post("/partners", status_code=201)
async def add_partner(form: PartnerForm, _actor: Administrator, parts: Served) -> PartnerSecret:
    """Add a partner system; its secret is shown this once."""
    url = str(form.webhook_url) if form.webhook_url else None
    try:
        async with parts.pool.acquire() as conn:
            secret = await partners.add(conn, parts.vault, form.name, url)
    except PartnerExists as fault:
        raise Rejected("partner-exists", f"{form.name} is a partner already", "rotate its secret instead") from fault
    return PartnerSecret(name=form.name, secret=secret)
