"""The partners' door: events checked against signature and agreement, kept in the inbox, then given receipts."""

import asyncio

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from domain.calendar import local_date
from domain.errors import Rejected
from domain.intake.referral_columns import shown
from gateway.http.problems import SIGNED
from gateway.partners.cloudevents import claimed_by, read_events, signed_as
from gateway.partners.openapi import BODY, PARAMETERS
from gateway.partners.pseudonymity import own_id
from gateway.partners.screening import Sender, judge
from gateway.partners.signing import Signer, signer
from gateway.services import Served, Services
from store import inbox
from store.inbox import Outcome

router = APIRouter(prefix="/v1", tags=["partners"], responses=SIGNED)


class Told(BaseModel):
    """What became of one event."""

    id: str
    outcome: Outcome
    reason: str | None = None


class Receipts(BaseModel):
    """A receipt for each event, in their order."""

    receipts: list[Told]


@router.post(
    "/events", status_code=202, response_model=Receipts, openapi_extra={"requestBody": BODY, "parameters": PARAMETERS}
)
async def events(request: Request, services: Served) -> Response:
    """Take a partner's events; they are in the inbox before this answers.

    The same id and body again is a `duplicate`; the same id with another body a `conflict`, for a single event 409.
    """
    headers, body = request.headers, await request.body()
    partner = claimed_by(headers, body)
    sender = await _sender(services, await signer(services, partner, headers, body, signed_as(headers)))
    async with services.judging:  # in a thread: ten thousand events take a second, in which others want to be served
        raw = await asyncio.to_thread(read_events, headers, body, partner)
        await services.throttle.events(partner, len(raw))
        judged = await asyncio.to_thread(judge, services.vault, sender, raw)
    async with services.pool.acquire() as conn:
        receipts = await inbox.accept(conn, [arrival for arrival, _ in judged])
    services.mail.set()
    told = [
        Told(id=own_id(event) if why else receipt.event_id, outcome=receipt.outcome, reason=why or receipt.reason)
        for event, receipt, (_, why) in zip(raw, receipts, judged, strict=True)
    ]
    if len(told) == 1 and told[0].outcome == "conflict":
        reason = f"event {shown(told[0].id)} was sent before with other content"
        raise Rejected(
            "event-conflict",
            reason,
            "send the correction as a new event, with an id of its own and `replaces` set to this one",
        )
    # Spelled out here: the framework would look at each of ten thousand once more while everybody else waits.
    return Response(Receipts(receipts=told).model_dump_json(), 202, media_type="application/json")


async def _sender(services: Services, signed: Signer) -> Sender:
    now = await services.now()
    programme = await services.programme()
    return Sender(signed.partner, programme.agreement(signed.partner, local_date(now)), now)
