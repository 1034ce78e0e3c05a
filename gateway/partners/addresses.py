"""Where a partner is told things: the address of each channel, its template and its rate."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field, HttpUrl

from domain.access import Actor, may
from domain.errors import Rejected
from domain.model import Code
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.http.validation import TEMPLATE, Email
from gateway.journeys.bodies import Body
from gateway.services import Served, Services
from store import partners
from store.partners import Partner
from wiring.destinations import is_open_host
from wiring.loopback import is_loopback

router = APIRouter(prefix="/v1/partners", tags=["staff"], responses=DOCUMENTED)


def _safe(url: HttpUrl) -> HttpUrl:
    """Refuse an address that would be told things in the clear, or that holds a secret: others may read addresses."""
    if url.scheme != "https" and not is_loopback(url.host or ""):
        raise ValueError("the address must begin with https; only this machine is told things without")
    if url.username or url.password:
        raise ValueError("the address holds a name or password; leave it out: each message is signed")
    return url


SafeUrl = Annotated[HttpUrl, AfterValidator(_safe)]


def webhook_of(services: Services, url: HttpUrl | None) -> str | None:
    """Return the address as it is kept; raise `Rejected` for one on a network that only we can reach."""
    if url is not None and not is_open_host(url.host or "", loopback=services.settings.webhook_loopback):
        reason = f"webhook_url: {url.host} is not a public address"
        raise Rejected("bad-request", reason, "give an address that the partner can be reached by from anywhere")
    return str(url) if url else None


def as_seen_by(actor: Actor, partner: Partner) -> Partner:
    """Return a partner as an actor may see it: an address may hold a secret, so only who sets it sees it whole."""
    if partner.webhook_url is None:
        return partner
    place = urlsplit(partner.webhook_url)
    host = place.netloc.rpartition("@")[2]
    whole = urlunsplit(place._replace(netloc=host)) if may(actor, "administer") else f"{place.scheme}://{host}/..."
    return replace(partner, webhook_url=whole)


class AddressForm(Body):
    """The addresses of a partner; what is left out is taken away."""

    webhook_url: SafeUrl | None = None
    email: Email | None = None
    notify_template: str | None = Field(default=None, pattern=TEMPLATE)
    rate_per_minute: int | None = Field(default=None, ge=1, le=100_000)


@router.put("/{name}/address")
async def set_address(
    name: Code, form: AddressForm, actor: Annotated[Actor, Depends(Allow("administer"))], services: Served
) -> Partner:
    """Set where a partner is told things; which channel is used stands in its agreement."""
    url = webhook_of(services, form.webhook_url)
    async with services.pool.acquire() as conn, conn.transaction():
        if not await partners.set_webhook(conn, name, url):
            raise Rejected("unknown-partner", f"no partner {name}", "add it first: journeys partners add")
        await partners.set_mail(conn, name, form.email, form.notify_template, form.rate_per_minute)
        partner = await partners.get(conn, name)
    if partner is None:
        raise Rejected("unknown-partner", f"no partner {name}", "add it first: journeys partners add")
    return as_seen_by(actor, partner)
