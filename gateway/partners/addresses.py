"""Where a partner is sent messages: the address of each channel, its template and its rate."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.access import Actor, may
from domain.channels import WEBHOOK_URL, AddressName, checked
from domain.errors import Rejected
from domain.model import Code
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.http.validation import TEMPLATE
from gateway.journeys.bodies import Body
from gateway.services import Served, Services
from store import partners
from store.partners import Partner
from wiring.destinations import is_open_host

router = APIRouter(prefix="/v1/partners", tags=["staff"], responses=DOCUMENTED)

Addresses = dict[AddressName, Annotated[str, Field(max_length=2000)]]


class AddressForm(Body):
    """The addresses of a partner; what is left out is taken away."""

    addresses: Addresses = Field(default={})
    notify_template: str | None = Field(default=None, pattern=TEMPLATE)
    rate_per_minute: int | None = Field(default=None, ge=1, le=100_000)


@router.put("/{name}/address")
async def set_address(
    name: Code, form: AddressForm, actor: Annotated[Actor, Depends(Allow("administer"))], services: Served
) -> Partner:
    """Set where a partner is sent messages; which channel is used stands in its agreement."""
    addresses = of_partner(services, form.addresses)
    async with services.pool.acquire() as conn:
        await partners.set_addresses(conn, name, addresses, form.notify_template, form.rate_per_minute)
        partner = await partners.get(conn, name)
    if partner is None:
        raise Rejected("unknown-partner", f"no partner {name}", "add it first: journeys partners add")
    return as_seen_by(actor, partner)


def good(addresses: Addresses) -> dict[str, str]:
    """Return addresses as they are kept, or refuse the first that no message can be sent to."""
    try:
        return checked(addresses)
    except ValueError as fault:
        reason, _, remedy = str(fault).partition("; ")
        raise Rejected("bad-address", reason, remedy) from fault


def of_partner(services: Services, addresses: Addresses) -> dict[str, str]:
    """Return a partner's addresses as they are kept, or refuse; none leads to a network that only we can reach."""
    kept = good(addresses)
    host = urlsplit(kept.get(WEBHOOK_URL.name, "")).hostname
    if host is not None and not is_open_host(host, loopback=services.settings.webhook_loopback):
        reason = f"{WEBHOOK_URL.name}: {host} is not a public address"
        raise Rejected("bad-address", reason, "give an address that the partner can be reached by from anywhere")
    return kept


def as_seen_by(actor: Actor, partner: Partner) -> Partner:
    """Return a partner as an actor may see it: a URL may hold a secret, so only who sets it sees it whole."""
    url = partner.addresses.get(WEBHOOK_URL.name)
    if url is None:
        return partner
    place = urlsplit(url)
    host = place.netloc.rpartition("@")[2]
    whole = urlunsplit(place._replace(netloc=host)) if may(actor, "administer") else f"{place.scheme}://{host}/..."
    return replace(partner, addresses={**partner.addresses, WEBHOOK_URL.name: whole})
