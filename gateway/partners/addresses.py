"""Where a partner is told things: the address of each channel, its template and its rate."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field, HttpUrl

from domain.access import Actor
from domain.errors import Rejected
from domain.model import Code
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.http.validation import EMAIL, TEMPLATE
from gateway.journeys.bodies import Body
from gateway.services import Served
from store import partners
from store.partners import Partner
from wiring.loopback import is_loopback

router = APIRouter(prefix="/v1/partners", tags=["staff"], responses=DOCUMENTED)


def _safe(url: HttpUrl) -> HttpUrl:
    """Refuse an address that would be told things in the clear; messages to it would be refused as well."""
    if url.scheme != "https" and not is_loopback(url.host or ""):
        raise ValueError("the address must begin with https; only this machine is told things without")
    return url


SafeUrl = Annotated[HttpUrl, AfterValidator(_safe)]


class AddressForm(Body):
    """The addresses of a partner; what is left out is taken away."""

    webhook_url: SafeUrl | None = None
    email: str | None = Field(default=None, pattern=EMAIL, max_length=254)
    notify_template: str | None = Field(default=None, pattern=TEMPLATE)
    rate_per_minute: int | None = Field(default=None, ge=1, le=100_000)


@router.put("/{name}/address")
async def set_address(
    name: Code, form: AddressForm, _actor: Annotated[Actor, Depends(Allow("administer"))], services: Served
) -> Partner:
    """Set where a partner is told things; which channel is used stands in its agreement."""
    url = str(form.webhook_url) if form.webhook_url else None
    async with services.pool.acquire() as conn, conn.transaction():
        if not await partners.set_webhook(conn, name, url):
            raise Rejected("unknown-partner", f"no partner {name}", "add it first: journeys partners add")
        await partners.set_mail(conn, name, form.email, form.notify_template, form.rate_per_minute)
        partner = await partners.get(conn, name)
    if partner is None:
        raise Rejected("unknown-partner", f"no partner {name}", "add it first: journeys partners add")
    return partner
