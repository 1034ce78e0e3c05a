"""Where a partner is sent messages: the address of each channel, its template and its rate."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from domain.access import Actor
from domain.channels import AddressName, checked
from domain.errors import Rejected
from domain.model import Code
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.http.validation import TEMPLATE
from gateway.journeys.bodies import Body
from gateway.services import Served
from store import partners
from store.partners import Partner

router = APIRouter(prefix="/v1/partners", tags=["staff"], responses=DOCUMENTED)

Addresses = dict[AddressName, Annotated[str, Field(max_length=2000)]]


class AddressForm(Body):
    """The addresses of a partner; what is left out is taken away."""

    addresses: Addresses = Field(default={})
    notify_template: str | None = Field(default=None, pattern=TEMPLATE)
    rate_per_minute: int | None = Field(default=None, ge=1, le=100_000)


@router.put("/{name}/address")
async def set_address(
    name: Code, form: AddressForm, _actor: Annotated[Actor, Depends(Allow("administer"))], services: Served
) -> Partner:
    """Set where a partner is sent messages; which channel is used stands in its agreement."""
    addresses = good(form.addresses)
    async with services.pool.acquire() as conn:
        await partners.set_addresses(conn, name, addresses, form.notify_template, form.rate_per_minute)
        partner = await partners.get(conn, name)
    if partner is None:
        raise Rejected("unknown-partner", f"no partner {name}", "add it first: journeys partners add")
    return partner


def good(addresses: Addresses) -> dict[str, str]:
    """Return addresses as they are kept, or refuse the first that no message can be sent to."""
    try:
        return checked(addresses)
    except ValueError as fault:
        reason, _, remedy = str(fault).partition("; ")
        raise Rejected("bad-address", reason, remedy) from fault
